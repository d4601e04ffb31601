import type { Host } from "./screen.ts";

/** Why nothing can be written here; undefined if it can. `wish` is what a person wants to do. */
export function reasonNotToWrite({ readOnly, options }: Pick<Host, "readOnly" | "options">, wish = "add, change or delete something"): string | undefined {
  if (!readOnly) return undefined;
  return `read-only: ${options.settings.production ? "this profile is PRODUCTION; " : ""}start with --write to ${wish}`;
}
