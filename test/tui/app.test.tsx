import { render as renderPlain } from "ink-testing-library";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { width } from "../../src/core/text/width.ts";
import { App } from "../../src/tui/app.tsx";
import type { ExplorerOptions } from "../../src/tui/options.ts";
import { openExplorer, type Opened } from "../support/explorer.ts";
import { renderTui } from "../support/render-tui.tsx";
import { openDemo, type TemporarySession } from "../support/seeded.ts";

let temporary: TemporarySession;
beforeAll(async () => void (temporary = await openDemo()));
afterAll(() => temporary.close());

const explorer = (more: Partial<ExplorerOptions> = {}): Opened => openExplorer(temporary, more);

describe("in a terminal emulator", () => {
  test.each([
    [60, 16],
    [80, 24],
    [120, 40],
    [200, 50],
  ])("every line of %i×%i is exactly as wide as the window", async (columns, rows) => {
    const { own, ended } = explorer({ screen: "dashboard", user: "cavin_admin" });
    const screen = renderTui(<App explorer={own} />, { columns, rows });
    await screen.sees(/opening the databases/);
    void own.connect();
    await screen.sees(/Welcome back, Cavin![\s\S]*67 %/);
    for (const line of screen.lines()) expect(width(line)).toBeLessThanOrEqual(columns);
    expect(screen.lines().at(-1)).toContain("quit");
    screen.press("q");
    await expect.poll(() => ended).toEqual([0]);
    screen.unmount();
  });

  test("what fails at the start is told, with what to do; r tries again", async () => {
    let tries = 0;
    const { own } = explorer({
      screen: "dashboard",
      connect: () => {
        tries += 1;
        return Promise.reject(Object.assign(new Error("no database is there"), { hint: "start it" }));
      },
    });
    const screen = renderTui(<App explorer={own} />, { columns: 80, rows: 24 });
    void own.connect();
    await screen.sees(/no database is there[\s\S]*start it[\s\S]*r tries again/);
    screen.press("r");
    await expect.poll(() => tries).toBe(2);
    own.end(0);
    screen.unmount();
  });
});

test("as plain text, key by key", async () => {
  const { own, written } = explorer({ screen: "queries", user: "cavin_admin" });
  const { lastFrame, stdin, unmount } = renderPlain(<App explorer={own} />);
  await own.connect();
  await expect.poll(() => lastFrame()).toContain("concept-difficulty");
  for (const key of ["/", "g", "a", "t", "e", "k", "\r", "\r"]) {
    stdin.write(key);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await expect.poll(() => lastFrame(), { timeout: 10_000 }).toMatch(/programming +5 +7/);
  stdin.write("Y");
  await expect.poll(() => written.join("")).toContain(Buffer.from("programming\t5\t7").toString("base64"));
  own.end(0);
  unmount();
});
