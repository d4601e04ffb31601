import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawPictures } from "../scripts/pictures.ts";
import { packageRoot } from "../src/package-root.ts";
import { notAtMidnight } from "./support/midnight.ts";
import { createHome, jeseci } from "./support/program.ts";

const docs = join(packageRoot(), "docs");
notAtMidnight();

test("the pictures in docs/ are those that the program draws (npm run pictures)", async () => {
  const pictures = await drawPictures();
  const stale = [...pictures].filter(([name, svg]) => readOr("", `${name}.svg`) !== svg).map(([name]) => `docs/${name}.svg`);
  expect(stale, "stale pictures; `npm run pictures` draws them anew").toEqual([]);
});

test("the tour shows every picture, and what its commands print", async () => {
  const tour = readOr("", "tour.md");
  const home = createHome();
  try {
    for (const [, block] of tour.matchAll(/```console\n([\s\S]*?)```/g)) {
      const [command = "", ...shown] = block?.trimEnd().split("\n") ?? [];
      const argv = [...command.replace(/^\$ jeseci /, "").matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      const { code, stdout } = await jeseci(home, [...argv, ...(argv.includes("--json") || argv.includes("--format") ? [] : ["--format", "table"])]);
      expect(code, command).toBe(0);
      const printed = stdout.split("\n").map((line) => line.trimEnd());
      // A line that was cut ends in an ellipsis, as lines that were left out are one.
      for (const line of shown.filter((candidate) => candidate !== "…")) {
        const begins = line.endsWith("…") ? line.slice(0, -1) : undefined;
        expect(printed.some((one) => (begins === undefined ? one === line.trimEnd() : one.startsWith(begins))), `“${line}” of ${command}`).toBe(true);
      }
    }
    expect(["dashboard", "recommendations", "statements", "concept", "paths", "shared", "queries", "consistency", "write"].filter((name) => !tour.includes(`](${name}.svg)`))).toEqual([]);
  } finally {
    home.remove();
  }
});

function readOr(otherwise: string, name: string): string {
  try {
    return readFileSync(join(docs, name), "utf8");
  } catch {
    return otherwise;
  }
}
