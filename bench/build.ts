import { build } from "esbuild";
import { join } from "node:path";

/** Builds the yardstick programs the way the product is built, so that only the programs differ. */
export async function buildYardsticks(folder: string): Promise<{ frame: string; list: string }> {
  await build({
    entryPoints: ["bench/programs/bare-frame.tsx", "bench/programs/bare-list.tsx"],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.12",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    external: ["react-devtools-core"],
    logLevel: "warning",
  });
  return { frame: join(folder, "bare-frame.mjs"), list: join(folder, "bare-list.mjs") };
}
