import type { Run } from "./context.ts";
import { exit } from "./exit.ts";

/** Opens no database. Secrets arrive here masked already. */
export const run: Run = async ({ settings, output }) => {
  await output.print({ json: { profile: settings.profile, settings: settings.provenance }, columns: ["setting", "value", "source"], rows: settings.provenance.map(({ setting, value, source }) => [setting, value, source]) });
  return exit.fine;
};
