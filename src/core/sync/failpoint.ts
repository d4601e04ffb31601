/**
 * Places at which the tests let the process die or stop, to see what a crash right there leaves behind. Only they know
 * the variable: `JESECI_TEST_FAILPOINT=relay-fenced` kills, `relay-fenced:stop` pauses as SIGSTOP does.
 */
export type Failpoint =
  | "dual-laned"
  | "dual-written"
  | "dual-applied"
  | "dual-sql-committed"
  | "dual-graph-committed"
  | "dual-marks-deleted"
  | "relay-epoch-raised"
  | "relay-bumped"
  | "relay-fenced"
  | "relay-read"
  | "relay-applied"
  | "relay-committed"
  | "relay-marks-deleted"
  | "reconcile-carried"
  | "repair-marked"
  | "repair-synced";

const [wanted, how] = (process.env["JESECI_TEST_FAILPOINT"] ?? "").split(":");

/** Does nothing but where the tests asked for it. */
export function failpoint(name: Failpoint): void {
  if (name === wanted) process.kill(process.pid, how === "stop" ? "SIGSTOP" : "SIGKILL");
}
