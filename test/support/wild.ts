import { randomNumbers, type LearningGraph } from "./random-graph.ts";

/** Texts that a database accepts and a terminal stumbles over: wide, joined, combining, right-to-left, long, and escape sequences. */
export const wildTexts: readonly string[] = [
  "機械学習の基礎と応用",
  "데이터 과학",
  "ｶﾞｷﾞｸﾞ",
  "👨‍👩‍👧‍👦 family",
  "🇺🇿🇫🇷 flags",
  "👍🏽 ok 1️⃣ ❤️ ☎",
  "e\u0301\u0302\u0303 a\u0308\u20dd",
  "\u0301begins with a mark",
  "مقدمة في البرمجة",
  "שלום \u202eevil\u202c עולם",
  "क्षत्रिय नमस्ते",
  "\u001b[31mred\u001b[0m\u001b[2J",
  "\u001b]0;title\u0007\u001b]52;c;eHg=\u0007",
  "\u009b5A\u0085c1",
  "tab\there\nand a line",
  "zero\u200bwidth\u200d\ufeff\u00ad",
  "z̸̧̛̹͎a̵͇l̷g̶o̵",
  "𝕄𝕒𝕥𝕙 𝒳 𐍈",
  "ﷺ ﬃ ǆ",
  "-- '; DROP TABLE \\ \" $1 {}",
  "x".repeat(230),
  "漢".repeat(230),
  "word ".repeat(45),
  "👩‍🚀".repeat(40),
  "q",
  "   blanks   ",
];

/** The same graph with names of every kind; still distinct, and short enough for their columns. */
export function wild(seed: number, graph: LearningGraph): LearningGraph {
  const random = randomNumbers(seed ^ 0x5eed);
  const text = (): string => wildTexts[Math.floor(random() * wildTexts.length)] ?? "";
  const taken = new Set<string>();
  const name = (index: number): string => {
    const own = [...`${text()}${index % 3 === 0 ? text() : ""}`].slice(0, 240).join("");
    const free = taken.has(own) || own.trim() === "" ? `${own} ${index}` : own;
    taken.add(free);
    return free;
  };
  const names = new Map(graph.concepts.map((concept, index) => [concept.name, name(index)]));
  const renamed = (old: string): string => names.get(old) ?? old;
  const maybe = (old: string | null): string | null => (old === null ? null : text());
  return {
    ...graph,
    concepts: graph.concepts.map((concept) => ({ ...concept, name: renamed(concept.name), display_name: maybe(concept.display_name), category: maybe(concept.category)?.slice(0, 60).toWellFormed() ?? null })),
    users: graph.users.map((user, index) => ({ ...user, username: name(1_000 + index), first_name: maybe(user.first_name), last_name: maybe(user.last_name) })),
    paths: graph.paths.map((path, index) => ({ ...path, title: name(2_000 + index) })),
    edges: graph.edges.map((edge) => ({ ...edge, from: renamed(edge.from), to: renamed(edge.to) })),
  };
}
