import type { Value } from "../../databases/values.ts";

/** In the order of the contract; nodes come before the relationships that hang on them. */
export const entityNames = ["concept", "user", "learning_path", "path_concept", "progress"] as const satisfies readonly string[];
export type EntityName = "concept" | "user" | "learning_path" | "path_concept" | "progress";

/** How one column becomes one graph property. */
export interface PropertyDeclaration {
  /** The graph's property name. */
  property: string;
  column: string;
  type: "text" | "integer" | "number";
  /** From the column's value to what the graph shall hold; identity if absent. `null` means that the property is absent. */
  convert?: (value: Value) => Value;
}

export interface NodeDeclaration {
  kind: "node";
  entity: EntityName;
  label: string;
  table: string;
  /** The id: one column, and the property that holds it. */
  key: { column: string; property: string };
  /** The property that people know it by (`name`, `username`, `title`), for readable keys. */
  naturalName: string;
  properties: readonly PropertyDeclaration[];
}

export interface RelationshipDeclaration {
  kind: "relationship";
  entity: EntityName;
  type: string;
  table: string;
  from: { node: NodeDeclaration; column: string };
  to: { node: NodeDeclaration; column: string };
  properties: readonly PropertyDeclaration[];
}

export type Declaration = NodeDeclaration | RelationshipDeclaration;

/** Relationships between concepts: the graph's own, which no projection makes and none may take away. */
export const conceptRelationshipTypes = ["BUILDS_UPON", "PART_OF", "PREREQUISITE", "RELATED_TO"] as const satisfies readonly string[];
export type ConceptRelationshipType = "BUILDS_UPON" | "PART_OF" | "PREREQUISITE" | "RELATED_TO";
