// Draws docs/*.svg from one real run: the built program in a pseudo-terminal, its cells as text in an SVG. What differs from
// run to run is masked, so that the same program gives the same files; a test fails while they are stale.
// Run: npm run pictures
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/package-root.ts";
import { openDatabases } from "../src/databases/open.ts";
import { App, createHome, jeseci, type Home } from "../test/support/program.ts";
import { explorer, type Story } from "../test/support/story.ts";
import { cellsOf, masked, toSvg } from "./svg.ts";

/** As docs/tour.md walks: in a window of one size each begins where the one before ended. */
const walk: readonly { name: string; title: string; way: (story: Story) => Story; columns: number; write?: true; drift?: true }[] = [
  { name: "dashboard", title: "The dashboard: numbers, progress, paths, activity and what is ready to learn", way: (story) => story.dashboard().sees("deep_learning"), columns: 120 },
  { name: "recommendations", title: "Recommendations: what to learn next, the terms of each score, and what was left out", way: (story) => story.recommendations().sees("Why programming"), columns: 120 },
  { name: "statements", title: "The statements behind the recommendations", way: (story) => story.press("s").sees("Statements on this screen").moveTo("recommendations/outcomes"), columns: 120 },
  { name: "concept", title: "A concept: its neighbourhood as a tree, its row, its paths and its learners", way: (story) => story.back().open().sees("› programming", "Learners").press("down", "right").sees("already on the way"), columns: 120 },
  // So narrow that the two panes stand one above the other, and every reason is seen whole.
  { name: "paths", title: "Learning paths: one in order, with what is ready and what each concept waits for", way: (story) => story.paths().open().sees("waits for: programming (not on this path)"), columns: 96 },
  { name: "shared", title: "Shared concepts: a list, a matrix of paths and concepts, and pairs of paths", way: (story) => story.shared().sees("0.600"), columns: 120 },
  { name: "queries", title: "Queries: the catalogue and a result", way: (story) => story.queries().select("graph/learning-journey").open().sees("3 rows").back().back(), columns: 120 },
  { name: "consistency", title: "Consistency: what differs, in which field, why, and what would mend it", way: (story) => story.consistency().sees("2 differences").press("tab", "down").sees("graph 57"), columns: 120, drift: true },
  { name: "write", title: "Writing: everything that deleting a concept would do, before it is done", way: (story) => story.paths().write("Delete a concept").press("statistics", "down", "ctrl-n", "enter").sees("⏎ write it"), columns: 120, write: true },
];

/** Steps of one window follow each other in one run of the program. */
function windowOf({ columns, write, drift }: (typeof walk)[number]): string {
  return `${columns}${write === true ? " write" : ""}${drift === true ? " drift" : ""}`;
}

/** Somebody edits the graph by hand, after a check that found nothing. */
async function edit(home: Home): Promise<void> {
  await jeseci(home, ["check"]);
  const databases = await openDatabases({ profile: "embedded", dataDir: join(home.environment["XDG_DATA_HOME"] ?? "", "jeseci"), timeZone: "UTC", statementTimeoutMs: 0 });
  try {
    await databases.graph.write(async (transaction) => {
      await transaction.query("MATCH (:User {username: 'cavin_admin'})-[r:HAS_PROGRESS]->(:Concept {name: 'data_structures'}) SET r.progress_percent = 57 RETURN 1 AS done");
      await transaction.query("MATCH (:LearningPath {title: 'Data Science Track'})-[r:CONTAINS]->(:Concept {name: 'statistics'}) DELETE r RETURN 1 AS done");
    });
  } finally {
    await databases.close();
  }
}

/** Every picture as SVG, by its name. */
export async function drawPictures(): Promise<Map<string, string>> {
  const home = createHome();
  const pictures = new Map<string, string>();
  try {
    await jeseci(home, ["status"]);
    for (const window of new Set(walk.map(windowOf))) {
      const { columns, write, drift } = walk.find((step) => windowOf(step) === window) ?? { columns: 120 };
      if (drift === true) await edit(home);
      const app = new App(home, ["explore", "dashboard", "--user", "cavin_admin", ...(write === true ? ["--write"] : [])], { columns, rows: 30 });
      for (const { name, title, way } of walk.filter((step) => windowOf(step) === window)) {
        await way(explorer(app)).fits();
        pictures.set(name, toSvg(masked(cellsOf(app.terminal)), title));
      }
      await app.close();
      if (drift === true) await jeseci(home, ["repair", "--apply"]);
    }
    return pictures;
  } finally {
    home.remove();
  }
}

if (process.argv[1]?.endsWith("pictures.ts") === true) {
  const folder = join(packageRoot(), "docs");
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of await drawPictures()) writeFileSync(join(folder, `${name}.svg`), svg);
}
