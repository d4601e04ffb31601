import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renewReadme } from "../scripts/docs.ts";
import { packageRoot } from "../src/package-root.ts";

test("the generated parts of README.md are those of the code (npm run docs)", async () => {
  const readme = readFileSync(join(packageRoot(), "README.md"), "utf8");
  expect(await renewReadme(readme)).toBe(readme);
});
