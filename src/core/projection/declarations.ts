import type { Value } from "../../databases/values.ts";
import type { Declaration, EntityName, NodeDeclaration, PropertyDeclaration, RelationshipDeclaration } from "./types.ts";

/** The words of the graph. A database that writes them in another case means the same. */
export const difficulties = ["Beginner", "Intermediate", "Advanced"] as const;

/** `BEGINNER` and `beginner` are projected as `Beginner`; other words stand as they are. */
export function canonicalDifficulty(value: Value): Value {
  return typeof value === "string" ? (difficulties.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value) : value;
}

type Column = Omit<PropertyDeclaration, "property">;

function text(column: string, convert?: (value: Value) => Value): Column {
  return { column, type: "text", ...(convert === undefined ? {} : { convert }) };
}

function integer(column: string): Column {
  return { column, type: "integer" };
}

function propertiesOf(columns: Readonly<Record<string, Column>>): PropertyDeclaration[] {
  return Object.entries(columns).map(([property, column]) => ({ property, ...column }));
}

function node(entity: EntityName, declared: { label: string; table: string; key: NodeDeclaration["key"]; naturalName: string; properties: Record<string, Column> }): NodeDeclaration {
  return { kind: "node", entity, ...declared, properties: propertiesOf(declared.properties) };
}

function relationship(entity: EntityName, declared: { type: string; table: string; from: RelationshipDeclaration["from"]; to: RelationshipDeclaration["to"]; properties: Record<string, Column> }): RelationshipDeclaration {
  return { kind: "relationship", entity, ...declared, properties: propertiesOf(declared.properties) };
}

export const concept = node("concept", {
  label: "Concept",
  table: "concepts",
  key: { column: "concept_id", property: "concept_id" },
  naturalName: "name",
  properties: { name: text("name"), display_name: text("display_name"), category: text("category"), domain: text("domain"), difficulty: text("difficulty_level", canonicalDifficulty) },
});

export const user = node("user", {
  label: "User",
  table: "users",
  key: { column: "user_id", property: "user_id" },
  naturalName: "username",
  properties: { username: text("username"), first_name: text("first_name"), last_name: text("last_name") },
});

export const learningPath = node("learning_path", {
  label: "LearningPath",
  table: "learning_paths",
  key: { column: "path_id", property: "path_id" },
  naturalName: "title",
  properties: { title: text("name"), difficulty: text("difficulty_level", canonicalDifficulty), category: text("category"), estimated_hours: integer("estimated_duration") },
});

export const pathConcept = relationship("path_concept", {
  type: "CONTAINS",
  table: "learning_path_concepts",
  from: { node: learningPath, column: "path_id" },
  to: { node: concept, column: "concept_id" },
  properties: { sequence_order: integer("sequence_order") },
});

export const progress = relationship("progress", {
  type: "HAS_PROGRESS",
  table: "user_concept_progress",
  from: { node: user, column: "user_id" },
  to: { node: concept, column: "concept_id" },
  properties: { status: text("status"), progress_percent: integer("progress_percent") },
});

/** In the order of the contract: every node before the relationships that hang on it. */
export const declarations: readonly Declaration[] = [concept, user, learningPath, pathConcept, progress];

export function declarationOf(entity: EntityName): Declaration {
  const found = declarations.find((declaration) => declaration.entity === entity);
  if (found === undefined) throw new RangeError(`no declaration of ${entity}`);
  return found;
}
