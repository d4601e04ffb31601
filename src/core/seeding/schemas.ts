import { z } from "zod";
import { controlOrBidi } from "../text/sanitise.ts";
import { difficulties } from "../projection/declarations.ts";

const texts = z.string();
/** Names are shown and typed everywhere: no control or bidi characters, and at most what the column holds. */
const name = z
  .string()
  .min(1, "must not be empty")
  .refine((text) => [...text].length <= 255, "must have at most 255 characters")
  .refine((text) => !controlOrBidi.test(text), "must not contain control or bidirectional characters");
/** The name of another row: whether that exists is looked at with all files in view. */
const reference = z.string().min(1, "must not be empty");
const short = z.string().refine((text) => [...text].length <= 255, "must have at most 255 characters");
const percent = z.int().min(0).max(100);
const count = z.int().min(0).max(2 ** 31 - 1);
const daysAgo = z.int().min(0).max(36_500).describe("days before today; 12:00 of that day");
const list = z.array(texts);

/** One schema a file of the seed format, in the order in which the files are read. */
export const seedFiles = {
  "concepts.json": z.object({
    name,
    display_name: short.nullish(),
    description: texts.nullish(),
    category: short.nullish(),
    subcategory: short.nullish(),
    domain: short.nullish(),
    difficulty: z.enum(difficulties),
    complexity_score: z.number().nullish(),
    key_terms: list.nullish(),
    learning_objectives: list.nullish(),
    real_world_examples: list.nullish(),
  }),
  "relationships.json": z.object({ from: reference, type: z.enum(["PREREQUISITE", "PART_OF", "BUILDS_UPON", "RELATED_TO"]), to: reference }),
  "learning-paths.json": z.object({
    title: name,
    description: texts.nullish(),
    difficulty: z.enum(difficulties),
    category: short.nullish(),
    estimated_hours: count.nullish(),
    concepts: z.array(reference).describe("names of concepts, in the order in which they are taught"),
  }),
  "users.json": z.object({ username: name, email: short.nullish(), first_name: short.nullish(), last_name: short.nullish(), is_active: z.boolean().nullish() }),
  "progress.json": z.object({
    username: reference,
    concept: reference,
    status: z.enum(["not_started", "in_progress", "completed"]),
    progress_percent: percent,
    time_spent_minutes: count.nullish(),
    days_ago: daysAgo.nullish(),
  }),
  "sessions.json": z.object({ username: reference, concept: reference, days_ago: daysAgo, minutes: count }),
  "quizzes.json": z.object({ title: name, concept: reference }),
  "quiz-attempts.json": z.object({ username: reference, quiz: reference, score_percent: percent, days_ago: daysAgo }),
  "achievements.json": z.object({ username: reference, achievement: short.min(1, "must not be empty"), days_ago: daysAgo }),
} as const;

export type SeedFile = keyof typeof seedFiles;
export type SeedRow<File extends SeedFile> = z.infer<(typeof seedFiles)[File]>;

export const seedFileNames = Object.keys(seedFiles) as SeedFile[];
export const requiredFiles: readonly SeedFile[] = ["concepts.json", "relationships.json", "learning-paths.json", "users.json", "progress.json"];

/** JSON Schema of a whole file, for editors. */
export function jsonSchemaOf(file: SeedFile): object {
  const schema = z.toJSONSchema(z.array(seedFiles[file]), { io: "input" });
  return { ...schema, title: `Jeseci seed file ${file}` };
}
