import neo4j, { type Integer } from "neo4j-driver";
import { GraphNode, GraphPath, GraphRelationship, type Value } from "../values.ts";

/** From the driver's classes to plain values (see `values.ts`). Exact: an integer past 2^53 becomes a `bigint`. */
export function fromNeo4j(value: unknown): Value {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      // JSON has no NaN and no infinity, and neither has Grafeo.
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
    case "undefined":
      return null;
    default:
      return value === null ? null : fromObject(value as object);
  }
}

function fromObject(value: object): Value {
  if (neo4j.isInt(value)) return fromInteger(value);
  if (Array.isArray(value)) return value.map(fromNeo4j);
  if (neo4j.isNode(value)) return new GraphNode([...value.labels], properties(value.properties));
  if (neo4j.isRelationship(value) || neo4j.isUnboundRelationship(value)) return new GraphRelationship(value.type, properties(value.properties));
  if (neo4j.isPath(value)) {
    return new GraphPath(
      [value.start, ...value.segments.map((segment) => segment.end)].map((node) => new GraphNode([...node.labels], properties(node.properties))),
      value.segments.map((segment) => ({
        relationship: new GraphRelationship(segment.relationship.type, properties(segment.relationship.properties)),
        forward: segment.relationship.startNodeElementId === segment.start.elementId,
      })),
    );
  }
  if (neo4j.isDateTime(value)) return instant(value);
  if (neo4j.isDate(value) || neo4j.isLocalDateTime(value) || neo4j.isLocalTime(value) || neo4j.isTime(value) || neo4j.isDuration(value)) return withoutZeros(value.toString());
  if (neo4j.isPoint(value)) {
    const { srid, x, y, z } = value;
    return { srid: fromNeo4j(srid), x, y, ...(z === undefined ? {} : { z }) };
  }
  if (ArrayBuffer.isView(value)) return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
  return properties(value as { [key: string]: unknown });
}

function fromInteger(value: Integer): Value {
  return value.inSafeRange() ? value.toNumber() : value.toBigInt();
}

function properties(source: { [key: string]: unknown }): { [key: string]: Value } {
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, fromNeo4j(value)]));
}

/** The driver always prints nine digits of a second; those that say nothing go. */
function withoutZeros(iso: string): string {
  return iso.replace(/\.(\d*?)0+(?=\D|$)/, (_all, digits: string) => (digits === "" ? "" : `.${digits}`));
}

/** ISO 8601 in UTC, with as many digits of a second as the value has, at most six. */
function instant(value: InstanceType<typeof neo4j.types.DateTime>): string {
  const nanoseconds = Number(value.nanosecond);
  const iso = value.toStandardDate().toISOString();
  const micro = Math.floor(nanoseconds / 1000);
  if (micro === 0) return iso.replace(/\.\d+Z$/, "Z");
  const digits = String(micro).padStart(6, "0");
  return iso.replace(/\.\d+Z$/, `.${digits.endsWith("000") ? digits.slice(0, 3) : digits}Z`);
}

/**
 * From plain values to what the driver sends. A whole `number` goes out as an integer, since `LIMIT 10.0` and
 * `{id: 1.0}` are not what anybody means; the driver would send a float.
 */
export function toNeo4j(value: Value): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? neo4j.int(value) : value;
  if (typeof value === "bigint") return neo4j.int(value);
  if (Array.isArray(value)) return value.map(toNeo4j);
  if (value !== null && typeof value === "object") {
    if (value instanceof GraphNode || value instanceof GraphRelationship || value instanceof GraphPath) throw new TypeError("nodes, relationships and paths can't be parameters");
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toNeo4j(inner)]));
  }
  return value;
}
