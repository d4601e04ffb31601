import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let root: string | undefined;

/**
 * The folder that holds this package's `queries/`, `seeds/`, `migrations/` and `package.json`. Found by walking up from
 * this file, since it runs from `src/` under the tests and from `dist/` once built.
 */
export function packageRoot(): string {
  if (root !== undefined) return root;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) || !existsSync(join(folder, "queries"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the installation is incomplete: no folder with package.json and queries/ above the program");
    folder = parent;
  }
  root = folder;
  return root;
}
