import { GraphNode, GraphPath, GraphRelationship, type Value } from "../../databases/values.ts";
import { toJson } from "../text/json.ts";

/** A value as text, exact and unsanitised; null is the empty text. Lists are joined by commas; nodes, relationships and paths look like Cypher. */
export function displayValue(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map((item) => (Array.isArray(item) ? `[${displayValue(item)}]` : displayValue(item))).join(", ");
  if (value instanceof GraphNode) return `(${value.labels.map((label) => `:${label}`).join("")}${properties(value.properties)})`;
  if (value instanceof GraphRelationship) return `[:${value.type}${properties(value.properties)}]`;
  if (value instanceof GraphPath) {
    return value.nodes
      .map((node, index) => {
        const step = value.relationships[index];
        const arrow = step === undefined ? "" : step.forward ? `-${displayValue(step.relationship)}->` : `<-${displayValue(step.relationship)}-`;
        return displayValue(node) + arrow;
      })
      .join("");
  }
  return toJson(value);
}

function properties(values: { [key: string]: Value }): string {
  const entries = Object.entries(values);
  return entries.length === 0 ? "" : ` {${entries.map(([name, value]) => `${name}: ${typeof value === "string" ? toJson(value) : displayValue(value) || "null"}`).join(", ")}}`;
}

/** A number as a table shows it: thousands separated. */
export function displayNumber(value: number | bigint): string {
  const [whole = "", fraction] = String(value).split(".");
  if (/e/i.test(whole)) return String(value);
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
