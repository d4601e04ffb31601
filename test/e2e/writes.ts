import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { App, createHome, jeseci, type Home } from "../support/program.ts";
import { explorer, type Story } from "../support/story.ts";

/** What a person writes in the explorer, on any profile whose databases hold the demo; afterwards they hold it again. */
export function writeStories(environment: () => Record<string, string>): void {
  let home: Home;
  let app: App | undefined;
  beforeAll(async () => {
    home = createHome(environment());
    expect((await jeseci(home, ["seed"])).code).toBe(0);
  });
  afterAll(() => home.remove());
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const tell = (...argv: string[]): Story => explorer((app = new App(home, ["explore", "dashboard", "--user", "cavin_admin", ...argv], { columns: 120, rows: 40 })));
  const leave = async (): Promise<void> => {
    app?.press("q");
    expect(await app?.ends()).toBe(0);
  };
  const agree = async (): Promise<void> => expect(await jeseci(home, ["check"])).toMatchObject({ code: 0 });

  test("a concept is added, related and deleted again, each after its plan was seen", async () => {
    await tell("--write")
      .sees("writes")
      .write("Add a concept")
      .press("graph_theory", "tab", "Graph Theory", "tab", "Advanced", "enter")
      .sees("create concept graph_theory", "⏎ write it")
      .press("enter")
      .sees("written in both databases")
      .write("Relate two concepts")
      .press("data_structures", "tab", "PREREQUISITE", "tab", "graph_theory", "enter")
      .sees("⏎ write it")
      .press("enter")
      .sees("written in both databases")
      .command("graph_theory")
      .sees("data_structures", "Learners")
      .write("Delete a concept")
      .sees(/concept +graph_theory/)
      .press("enter")
      .sees("“graph_theory” holds 1 relationship", "“cascade” deletes all of that too")
      .press("down", "ctrl-n", "enter")
      .sees("delete 1 relationship of graph_theory")
      .fits()
      .press("enter")
      .sees("written in both databases", "Welcome back");
    await leave();
    await agree();
    expect((await jeseci(home, ["concepts", "--format", "tsv"])).stdout).not.toContain("graph_theory");
  });

  test("without --write nothing is offered", async () => {
    await tell().sees("read-only").press("W").sees("read-only: start with --write to add, change or delete something");
    await leave();
  });
}
