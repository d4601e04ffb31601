import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cellsOf, masked, toText } from "../../scripts/svg.ts";
import { packageRoot } from "../../src/package-root.ts";
import { notAtMidnight } from "../support/midnight.ts";
import { App, createHome, jeseci, type Home } from "../support/program.ts";
import { explorer, type Story } from "../support/story.ts";
import { screenStories } from "./screens.ts";

describe("on the embedded pair", () => {
  notAtMidnight();
  screenStories(() => ({}));
});

/** The way to each screen, from wherever one is. */
const ways: Readonly<Record<string, (story: Story) => Story>> = {
  dashboard: (story) => story.dashboard().sees("machine_learning"),
  paths: (story) => story.paths().sees("deep_learning"),
  concept: (story) => story.command("machine_learning").sees("› machine_learning").press("down"),
  shared: (story) => story.shared().sees("0.600"),
  recommendations: (story) => story.recommendations().sees("Why programming"),
  queries: (story) => story.queries().select("graph/gatekeepers").open().sees("4 rows"),
};

describe("snapshots", () => {
  let home: Home;
  notAtMidnight();
  beforeAll(async () => {
    home = createHome();
    await jeseci(home, ["status"]);
  });
  afterAll(() => home.remove());

  const looks = (app: App, name: string): Promise<void> => expect(toText(masked(cellsOf(app.terminal)))).toMatchFileSnapshot(join(packageRoot(), "test/e2e/snapshots", `${name}.txt`));

  describe.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])("at %i×%i", (columns, rows) => {
    let app: App;
    beforeAll(() => {
      app = new App(home, ["explore", "dashboard", "--user", "cavin_admin"], { columns, rows });
    });
    afterAll(() => app.close());

    test.each(Object.entries(ways))("%s", async (name, way) => {
      await way(explorer(app)).fits();
      await looks(app, `${name}-${columns}x${rows}`);
    });

    test("in the sixteen colours of the terminal itself, so that dark and light are both right", () => {
      expect(app.raw).toMatch(/\u001b\[36m/);
      expect(app.raw).not.toMatch(/\u001b\[(?:[\d:]*;)*[34]8[;:]/);
      // Nor does anything set a background: inverse takes the two that the terminal has.
      expect(app.raw).not.toMatch(/\u001b\[(?:\d+;)*(?:4[0-7]|10[0-7])m/);
    });
  });

  test.each([
    ["no-color", { NO_COLOR: "1" }, []],
    ["ascii", {}, ["--ascii"]],
  ] as const)("%s", async (look, more, argv) => {
    const own = createHome({ ...more, XDG_DATA_HOME: join(home.folder, "data") });
    const app = new App(own, ["explore", "dashboard", "--user", "cavin_admin", ...argv]);
    for (const name of ["dashboard", "concept"] as const) {
      const way = look === "ascii" && name === "concept" ? (story: Story): Story => story.command("machine_learning").sees("> machine_learning").press("down") : ways[name];
      await way?.(explorer(app)).fits();
      await looks(app, `${name}-${look}`);
      if (look === "ascii") expect(app.screen).toMatch(/^[\x20-\x7e\n]*$/);
      else expect(app.raw).not.toMatch(/\u001b\[(?:\d+;)*(?:[34][0-7]|9[0-7]|10[0-7])m/);
    }
    await app.close();
    own.remove();
  });

  describe("in another time zone", () => {
    notAtMidnight("Pacific/Kiritimati");

    test("the same, but for what the day itself changes", async () => {
      const own = createHome({ TZ: "Pacific/Kiritimati" });
      await jeseci(own, ["status"]);
      const app = new App(own, ["explore", "dashboard", "--user", "cavin_admin", "--time-zone", "Pacific/Kiritimati"]);
      await ways["dashboard"]?.(explorer(app)).fits();
      await looks(app, "dashboard-120x40");
      await app.close();
      own.remove();
    });
  });
});
