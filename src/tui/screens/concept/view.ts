import type { ConceptDetail } from "../../../core/concepts/concepts.ts";
import { displayValue } from "../../../core/output/display.ts";
import { sanitise, sanitiseLines } from "../../../core/text/sanitise.ts";
import { cut, pad, width } from "../../../core/text/width.ts";
import type { Value } from "../../../databases/values.ts";
import { bar, beside, fitHeight, paintLine, wrap, type Spans } from "../../lines.ts";
import { lit } from "../../overlay.ts";
import { copyRow } from "../../pane.ts";
import type { Host } from "../../screen.ts";
import { standingMark, standingWord } from "../../standing.ts";
import { beforeData, loadingNote, troubles } from "../../states.ts";
import type { Theme } from "../../theme.ts";
import type { ConceptScreen } from "./screen.ts";

export function renderConcept(host: Host, screen: ConceptScreen, cells: number, height: number): string[] {
  const { theme } = host;
  const lines = [crumbs(host, screen, cells)];
  const { data, error } = screen.data;
  if (data === undefined) return fitHeight([...lines, ...beforeData(theme, screen.data, cells)], height, cells);
  lines.push(...troubles(theme, error, data.detail.missing, { sql: "description, objectives and learners", graph: "relationships" }, cells));
  const left = height - lines.length;
  if (cells < 100) {
    // The tree above; below, whichever of the others has the focus.
    const upper = Math.max(4, Math.floor(left / 2));
    const below = screen.focused(screen.paths) ? paths(theme, screen, cells, left - upper) : screen.focused(screen.learners) ? learners(theme, screen, cells, left - upper) : row(theme, screen, data.detail, cells, left - upper);
    return fitHeight([...lines, ...tree(theme, screen, cells, upper), ...below], height, cells);
  }
  const own = Math.floor(cells * 0.5);
  const other = cells - own - 3;
  const taught = Math.max(2, Math.min(data.detail.paths.length + 1, Math.floor(left / 4)));
  const learning = Math.max(3, Math.min(data.learners.length + 1, Math.floor(left / 3)));
  const right = [...row(theme, screen, data.detail, other, left - taught - learning), ...paths(theme, screen, other, taught), ...learners(theme, screen, other, learning)];
  return fitHeight([...lines, ...beside(tree(theme, screen, own, left), right, theme.paint("dim", ` ${theme.symbols.corners.side} `))], height, cells);
}

/** How one got here; the oldest steps go first where there is little room. */
function crumbs({ theme, way }: Host, screen: ConceptScreen, cells: number): string {
  const steps = way().map(sanitise);
  const separator = ` ${theme.symbols.crumb} `;
  let from = 0;
  while (from < steps.length - 1 && width(steps.slice(from).join(separator)) > cells - 6) from += 1;
  const before = steps.slice(from, -1);
  const note = loadingNote(screen.data, Date.now());
  return paintLine(theme, [" ", ["dim", `${from > 0 ? `${theme.symbols.ellipsis}${separator}` : ""}${before.map((step) => `${step}${separator}`).join("")}`], ["bold", steps.at(-1) ?? ""], "  ", ...note], cells);
}

function tree(theme: Theme, screen: ConceptScreen, cells: number, height: number): string[] {
  const standing = screen.data.data?.standing;
  return screen.tree.render(theme, cells, height, screen.focused(screen.tree), (concept) => {
    const row = standing?.get(concept);
    if (row === undefined) return { mark: [["dim", theme.symbols.middot]], note: [] };
    const word = standingWord(row.status, row.progress_percent);
    const state = word === "completed" || word === "mastered" ? word : word === "in progress" ? "started" : null;
    return { mark: [standingMark(theme, state)], note: [["dim", `  ${row.progress_percent} % ${word}`]] };
  });
}

function row(theme: Theme, screen: ConceptScreen, { concept, learners: counts }: ConceptDetail, cells: number, height: number): string[] {
  if (height <= 0) return [];
  const text = (name: string): string => sanitiseLines(displayValue(concept[name] ?? null));
  const facts = [text("difficulty_level"), text("category"), text("subcategory"), text("domain"), text("complexity_score") === "" ? "" : `complexity ${text("complexity_score")}`].filter((fact) => fact !== "");
  const lines: Spans[] = [[["bold", text("display_name")], ["dim", `  ${facts.join(` ${theme.symbols.middot} `)}`]]];
  if (counts !== null) lines.push([["dim", `${counts.count.toLocaleString("en")} ${counts.count === 1 ? "learner" : "learners"}, ${counts.completed.toLocaleString("en")} completed it${counts.avg_progress_percent === null ? "" : `, ${counts.avg_progress_percent} % on average`}`]]);
  if (text("description") !== "") lines.push([], ...wrap(text("description"), cells - 4).map((line): Spans => [line]));
  for (const [name, title] of [["learning_objectives", "Objectives"], ["real_world_examples", "Examples"], ["key_terms", "Key terms"]] as const) {
    const entries = textsOf(concept[name] ?? null);
    if (entries.length > 0) lines.push([], [["bold", title]], ...entries.flatMap((entry) => wrap(entry, cells - 7).map((line, index): Spans => [["dim", index === 0 ? `${theme.symbols.middot} ` : "  "], line])));
  }
  for (const name of ["created_at", "updated_at"]) if (text(name) !== "") lines.push(...(name === "created_at" ? [[]] : []), [["dim", `${name}  ${text(name)}`]]);
  screen.row.set(lines.map((line): Spans => ["   ", ...line]), copyRow(...Object.values(concept).map((value) => displayValue(value))));
  const focused = screen.focused(screen.row);
  const body = screen.row.render(theme, cells, height - 1);
  return fitHeight([paintLine(theme, [" ", [focused ? ["accent", "bold"] : ["bold"], "Row"], ["dim", `  SQL  ${screen.row.place}`]], cells), ...body], height, cells);
}

/** The texts of a jsonb list; of anything else its text. */
function textsOf(value: Value): string[] {
  if (Array.isArray(value)) return value.map((entry) => sanitiseLines(displayValue(entry)));
  const text = sanitiseLines(displayValue(value));
  return text === "" ? [] : [text];
}

function paths(theme: Theme, screen: ConceptScreen, cells: number, height: number): string[] {
  return screen.paths.render(theme, cells, height, { title: "Taught on", note: "SQL", none: "no path teaches it", focused: screen.focused(screen.paths) }, (path, positions) => lit(cut(sanitise(path), cells - 4), positions));
}

function learners(theme: Theme, screen: ConceptScreen, cells: number, height: number): string[] {
  const names = Math.min(24, Math.max(12, cells - 32));
  const more = screen.data.data?.moreLearners === true ? `first ${screen.learners.items.length.toLocaleString("en")} of more` : "";
  return screen.learners.render(theme, cells, height, { title: "Learners", note: `SQL  ${more}`.trim(), none: "nobody has begun it", focused: screen.focused(screen.learners) }, (learner, positions) => {
    const name = cut(sanitise(learner.username), names);
    const done = learner.status === "completed";
    return [...lit(name, positions), " ".repeat(Math.max(0, names - width(name)) + 1), [done ? "ok" : "accent", bar(theme, learner.progress_percent / 100, 8)], ` ${String(learner.progress_percent).padStart(3)} % `, ["dim", pad(standingWord(learner.status, learner.progress_percent), 12)]];
  });
}
