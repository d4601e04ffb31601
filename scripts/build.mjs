// Builds dist/: one bundle, split at every import(), so that the first frame loads only what it draws.
import { chmod, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

/**
 * Yoga compiles its WebAssembly from a `data:` URI by `fetch`, which loads the whole HTTP client of Node at start
 * (about 50 ms). With no `fetch` in its scope it decodes the same bytes itself.
 */
const yogaWithoutFetch = {
  name: "yoga-without-fetch",
  setup(builder) {
    builder.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => {
      const { readFile } = await import("node:fs/promises");
      return { contents: `const fetch = undefined;\n${await readFile(path, "utf8")}`, loader: "js" };
    });
  },
};

/** Changes a package's source on its way into the bundle; a text that is no longer there fails the build. */
function rewrite(name, filter, changes) {
  return {
    name,
    setup(builder) {
      builder.onLoad({ filter }, async ({ path }) => {
        const { readFile } = await import("node:fs/promises");
        let contents = await readFile(path, "utf8");
        for (const [from, to] of changes) {
          if (!contents.includes(from)) throw new Error(`${name}: ${path} no longer holds ${JSON.stringify(from)}`);
          contents = contents.replace(from, to);
        }
        return { contents, loader: "js" };
      });
    },
  };
}

/**
 * A frame is fifty lines of which two or three change with a key, but Ink measures and takes apart all of them anew,
 * grapheme by grapheme (four fifths of the time of a frame). Both answers depend on the text alone: kept from frame to
 * frame, and forgotten when there are too many.
 */
const rememberWidths = rewrite("remember-widths", /node_modules\/string-width\/index\.js$/, [
  [
    "export default function stringWidth(",
    `const known = new Map();
export default function stringWidth(text, options) {
  if (options !== undefined || typeof text !== "string") return measure(text, options);
  let width = known.get(text);
  if (width === undefined) {
    if (known.size > 20000) known.clear();
    known.set(text, width = measure(text));
  }
  return width;
}
function measure(`,
  ],
]);
const rememberCells = rewrite("remember-cells", /node_modules\/ink\/build\/output\.js$/, [
  ["caches = new OutputCaches();", "caches = sharedCaches();"],
  [
    "export default class Output {",
    `let shared;
function sharedCaches() {
  if (shared === undefined || shared.styledChars.size > 2000) shared = new OutputCaches();
  return shared;
}
export default class Output {`,
  ],
]);

/** Ink looks for React's developer tools; the product has none. */
const noDeveloperTools = {
  name: "no-developer-tools",
  setup(builder) {
    builder.onResolve({ filter: /^react-devtools-core$/ }, (found) => ({ path: found.path, external: true }));
  },
};

const result = await build({
  absWorkingDir: root,
  entryPoints: { main: "src/main.ts", "pglite-worker": "src/databases/sql/pglite-worker.ts" },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22.12",
  jsx: "automatic",
  chunkNames: "[name]-[hash]",
  // These bring their own binaries, found beside their own files.
  external: ["@electric-sql/pglite", "@electric-sql/pglite/*", "@grafeo-db/js"],
  define: { "process.env.NODE_ENV": '"production"' },
  // Bundled CommonJS packages still ask for Node's modules by require().
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  plugins: [yogaWithoutFetch, noDeveloperTools, rememberWidths, rememberCells],
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  write: false,
});

// Write only after everything compiled, so that a failed build leaves the last good one.
const { mkdir, readdir, writeFile } = await import("node:fs/promises");
await mkdir(dist, { recursive: true });
const fresh = new Set(result.outputFiles.map((file) => file.path));
for (const file of result.outputFiles) await writeFile(file.path, file.contents);
for (const name of await readdir(dist)) {
  if (name.endsWith(".js") && !fresh.has(join(dist, name))) await rm(join(dist, name));
}
const main = join(dist, "main.js");
const source = (await import("node:fs")).readFileSync(main, "utf8");
if (!source.startsWith("#!")) await writeFile(main, `#!/usr/bin/env node\n${source}`);
await chmod(main, 0o755);

// The template that makes the first start of an embedded folder quick.
const template = join(root, "scripts/template.mjs");
if (existsSync(template)) {
  const node = existsSync(join(root, "node_modules/node/bin/node")) ? join(root, "node_modules/node/bin/node") : process.execPath;
  const { status } = spawnSync(node, [template], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
