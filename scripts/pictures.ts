// Draws docs/*.svg from real runs: the built program in a pseudo-terminal, its cells as text in an SVG.
// Run: npm run pictures
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/package-root.ts";
import { App, createHome, jeseci } from "../test/support/program.ts";

const [cellWidth, lineHeight] = [8.4, 18];
/** The sixteen colours of the picture's own terminal. */
const palette = ["#1d2129", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4", "#5c6370", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff"];
const [background, foreground] = ["#1d2129", "#c8ccd4"];

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The screen as SVG: one text element for each run of cells that look alike. */
function toSvg(app: App, title: string): string {
  const { cols, rows, buffer } = app.terminal;
  const parts: string[] = [];
  for (let y = 0; y < rows; y += 1) {
    const line = buffer.active.getLine(y);
    let run: { x: number; text: string; style: string; inverse: boolean; color: string } | undefined;
    const flush = (): void => {
      if (run === undefined || (run.text.trim() === "" && !run.inverse)) return;
      const x = 12 + run.x * cellWidth;
      const length = run.text.length * cellWidth;
      if (run.inverse) parts.push(`<rect x="${x.toFixed(1)}" y="${12 + y * lineHeight}" width="${length.toFixed(1)}" height="${lineHeight}" fill="${run.color}"/>`);
      parts.push(`<text x="${x.toFixed(1)}" y="${25 + y * lineHeight}" textLength="${length.toFixed(1)}" fill="${run.inverse ? background : run.color}"${run.style}>${escape(run.text)}</text>`);
    };
    for (let x = 0; x < cols; x += 1) {
      const cell = line?.getCell(x);
      if (cell === undefined || cell.getWidth() === 0) continue;
      const color = cell.isFgPalette() ? (palette[cell.getFgColor()] ?? foreground) : foreground;
      const style = `${cell.isBold() ? ' font-weight="bold"' : ""}${cell.isDim() ? ' opacity="0.6"' : ""}`;
      const inverse = cell.isInverse() !== 0;
      const text = (cell.getChars() || " ") + " ".repeat(cell.getWidth() - 1);
      if (run !== undefined && run.style === style && run.color === color && run.inverse === inverse) run.text += text;
      else {
        flush();
        run = { x, text, style, inverse, color };
      }
    }
    flush();
  }
  const [width, height] = [Math.ceil(cols * cellWidth + 24), rows * lineHeight + 24];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}"><rect width="100%" height="100%" rx="8" fill="${background}"/><g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" xml:space="preserve">${parts.join("")}</g></svg>\n`;
}

const home = createHome();
const folder = join(packageRoot(), "docs");
mkdirSync(folder, { recursive: true });
try {
  await jeseci(home, ["status"]);
  const pictures: { name: string; argv: string[]; keys: string[]; sees: string | RegExp }[] = [
    { name: "dashboard", argv: ["explore", "dashboard", "--user", "cavin_admin"], keys: [], sees: "in sync" },
    { name: "queries", argv: ["explore", "queries", "--user", "cavin_admin"], keys: ["/", "learning-journey", "enter", "enter"], sees: "3 rows" },
  ];
  for (const { name, argv, keys, sees } of pictures) {
    const app = new App(home, argv, { columns: 120, rows: 30 });
    await app.sees("in sync");
    app.press(...keys);
    await app.sees(sees);
    writeFileSync(join(folder, `${name}.svg`), toSvg(app, `jeseci: ${name}`));
    await app.close();
  }
} finally {
  home.remove();
}
