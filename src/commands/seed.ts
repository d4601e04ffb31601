import { createInterface } from "node:readline/promises";
import { InputError } from "../core/errors.ts";
import { demoFolder, holdsForeignRows, seed, type SeedResult, type SeedStep } from "../core/seeding/seed.ts";
import { sanitise } from "../core/text/sanitise.ts";
import type { Run } from "./context.ts";
import { exit } from "./exit.ts";
import { narrate, parkedText } from "./output.ts";
import { progressBar } from "./progress-bar.ts";

export const run: Run = async ({ arguments: [step = "all"], flags, settings, output, signal, withSession }) => {
  const folder = flags.text("from") ?? demoFolder();
  const dryRun = flags.has("dry-run");
  return withSession({ seedIfEmpty: false, statementTimeoutMs: 0 }, async ({ databases }) => {
    if (!dryRun) await databases.createSchema();
    if (!dryRun && !flags.has("yes") && (await holdsForeignRows(databases))) await confirm(settings.kind === "embedded" ? settings.dataDir : `the profile ${settings.profile}`);
    const bar = progressBar();
    const result = await seed(databases, { folder, step: step as SeedStep, dryRun, signal, ...(bar.onProgress === undefined ? {} : { onProgress: bar.onProgress }) }).finally(bar.done);
    for (const warning of result.warnings) narrate(`warning: ${sanitise(warning)}`);
    for (const { message } of result.refused) narrate(`refused: ${sanitise(message)}`);
    await output.print({ json: result, columns: ["entity", "added", "updated", "unchanged"], rows: result.counts.map((count) => [count.entity, count.added, count.updated, count.unchanged]) });
    narrate(dryRun ? "dry run: nothing was written" : closing(result));
    return result.refused.length > 0 || result.parked > 0 ? exit.drift : exit.fine;
  });
};

function closing({ step, parked }: SeedResult): string {
  if (step === "progress") return "the rows are written; `jeseci sync` carries them over into the graph";
  if (parked > 0) return `the rows are written, but ${parkedText(parked)}`;
  return "both databases hold the data now";
}

async function confirm(place: string): Promise<void> {
  const question = `${place} holds rows that seeding did not write; the seed data would be added to them, and rows of the same name updated.`;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) throw new InputError("write-refused", question, "add --yes to go on");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question}\nGo on? Type yes: `);
    if (answer.trim().toLowerCase() !== "yes") throw new InputError("write-refused", "not confirmed; nothing was written");
  } finally {
    prompt.close();
  }
}
