import { GraphNode, GraphPath, GraphRelationship, type Value } from "../values.ts";

interface RawNode {
  _id: number;
  _labels: string[];
  [property: string]: unknown;
}

interface RawRelationship {
  _id: number;
  _source: number;
  _target: number;
  _type: string;
  [property: string]: unknown;
}

/** From Grafeo's plain objects to our values. It marks nodes by `_labels`, relationships by `_type`, paths by `nodes` and `edges`. */
export function fromGrafeo(value: unknown): Value {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
    case "object":
      return value === null ? null : fromObject(value);
    default:
      return null;
  }
}

function fromObject(value: object): Value {
  if (Array.isArray(value)) return value.map(fromGrafeo);
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (ArrayBuffer.isView(value)) return Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : Array.from(value as Float32Array);
  if (isNode(value)) return node(value);
  if (isRelationship(value)) return relationship(value);
  if ("nodes" in value && "edges" in value && Array.isArray(value.nodes) && Array.isArray(value.edges) && Object.keys(value).length === 2 && value.nodes.every((inner) => isNode(inner as object))) {
    const nodes = value.nodes as RawNode[];
    return new GraphPath(
      nodes.map(node),
      (value.edges as RawRelationship[]).map((edge, index) => ({ relationship: relationship(edge), forward: edge._source === nodes[index]?._id })),
    );
  }
  return properties(value as { [key: string]: unknown }, []);
}

function isNode(value: object): value is RawNode {
  return "_id" in value && "_labels" in value && Array.isArray(value._labels);
}

function isRelationship(value: object): value is RawRelationship {
  return "_id" in value && "_type" in value && "_source" in value && "_target" in value;
}

function node(raw: RawNode): GraphNode {
  return new GraphNode([...raw._labels], properties(raw, ["_id", "_labels"]));
}

function relationship(raw: RawRelationship): GraphRelationship {
  return new GraphRelationship(raw._type, properties(raw, ["_id", "_source", "_target", "_type"]));
}

function properties(source: { [key: string]: unknown }, without: readonly string[]): { [key: string]: Value } {
  const result: { [key: string]: Value } = {};
  for (const [name, value] of Object.entries(source)) if (!without.includes(name)) result[name] = fromGrafeo(value);
  return result;
}
