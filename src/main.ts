import { enableCompileCache } from "node:module";

// Compiled code is kept between starts; it must be on before anything else is loaded, so nothing else is imported here.
enableCompileCache();

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const controller = new AbortController();
let interrupted: number | undefined;

for (const [signal, code] of Object.entries(signals)) {
  process.on(signal, () => {
    // The first asks what is running to end well; a second doesn't wait for it.
    if (interrupted !== undefined) process.exit(code);
    interrupted = code;
    controller.abort();
  });
}

// Whoever reads us may stop reading: `| head -1` is no error. What else goes wrong is told by who writes (`writeStdout`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
});
process.stderr.on("error", () => undefined);

const argv = process.argv.slice(2);
const { runCommand } = await import("./commands/run.ts");
const code = await runCommand(argv, controller.signal);
// What ended well in spite of the signal, a write above all, is told as what it is.
process.exitCode = code === 130 ? (interrupted ?? code) : code;
// Everything is closed by now; a handle that somebody forgot must not keep the shell waiting.
setTimeout(() => process.exit(), 2_000).unref();
