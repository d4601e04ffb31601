import type { ExplorerOptions } from "./options.ts";

export async function startExplorer(options: ExplorerOptions): Promise<number> {
  void options;
  return 0;
}
