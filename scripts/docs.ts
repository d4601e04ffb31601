// Renews everything that is generated from the code: the tables of README.md and the JSON Schemas of the seed files.
// `npm run docs` writes them; a test fails while they are stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parameterText } from "../src/core/catalogue/describe.ts";
import { loadCatalogue } from "../src/core/catalogue/load.ts";
import { jsonSchemaOf, seedFileNames } from "../src/core/seeding/schemas.ts";
import { termNames, terms } from "../src/core/recommendations/weights.ts";
import { commands } from "../src/commands/definitions.ts";
import { usageOf } from "../src/commands/help.ts";
import { keyTable } from "../src/tui/keymap.ts";
import { packageRoot } from "../src/package-root.ts";

/** The text of README.md with its generated parts renewed. */
export async function renewReadme(text: string): Promise<string> {
  const catalogue = await loadCatalogue();
  const escape = (cell: string): string => cell.replaceAll("|", "\\|");
  const parts: Record<string, string> = {
    commands: ["| command | what it does |", "|---|---|", ...commands.map((command) => `| \`${escape(usageOf(command))}\` | ${escape(command.summary)} |`)].join("\n"),
    queries: ["| id | parameters | what it answers |", "|---|---|---|", ...catalogue.queries.filter(({ listed }) => listed).map((query) => `| \`${query.id}\` | ${query.parameters.map((parameter) => `\`${escape(parameterText(parameter))}\``).join(", ") || "–"} | ${escape(query.description)} |`)].join("\n"),
    keys: keyTable(),
    formula: ["| term | weight | what it is, from 0 to 1 |", "|---|---|---|", ...termNames.map((name) => `| ${name} | ${terms[name].weight.toFixed(2)} | ${escape(terms[name].meaning)} |`)].join("\n"),
  };
  return text.replace(/<!-- generated: (\w+) -->[\s\S]*?<!-- end -->/g, (_whole, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`README.md asks for a part “${name}” that is not generated`);
    return `<!-- generated: ${name} -->\n${part}\n<!-- end -->`;
  });
}

if (process.argv[1]?.endsWith("docs.ts") === true) {
  const readme = join(packageRoot(), "README.md");
  writeFileSync(readme, await renewReadme(readFileSync(readme, "utf8")));
  const folder = join(packageRoot(), "seeds", "schema");
  mkdirSync(folder, { recursive: true });
  for (const file of seedFileNames) writeFileSync(join(folder, file.replace(".json", ".schema.json")), `${JSON.stringify(jsonSchemaOf(file), null, 2)}\n`);
}
