/**
 * Values as both databases hand them out, whatever the engine: plain, immutable, exact.
 *
 * - integers: `number` within ±(2^53 − 1), else `bigint`; other numbers: `number` (NaN and infinity: null)
 * - instants: ISO 8601 text in UTC with `Z`, to the microsecond if there are any; dates: `YYYY-MM-DD`
 * - jsonb and maps: plain objects; lists and arrays: arrays; bytes: `\x…` text
 * - nodes, relationships and paths: the classes below
 */
export type Value = null | boolean | number | bigint | string | Value[] | { [key: string]: Value } | GraphNode | GraphRelationship | GraphPath;

/** One row, in the order of the columns. Arrays, since an ad-hoc statement may repeat a column's name. */
export type Row = Value[];

/** One row by column name. */
export type NamedRow = { [column: string]: Value };

export class GraphNode {
  readonly labels: string[];
  readonly properties: { [key: string]: Value };
  constructor(labels: string[], properties: { [key: string]: Value }) {
    this.labels = labels;
    this.properties = properties;
  }
}

export class GraphRelationship {
  readonly type: string;
  readonly properties: { [key: string]: Value };
  constructor(type: string, properties: { [key: string]: Value }) {
    this.type = type;
    this.properties = properties;
  }
}

export class GraphPath {
  readonly nodes: GraphNode[];
  /** One fewer than `nodes`; `forward` tells whether the path follows the stored direction. */
  readonly relationships: { relationship: GraphRelationship; forward: boolean }[];
  constructor(nodes: GraphNode[], relationships: { relationship: GraphRelationship; forward: boolean }[]) {
    this.nodes = nodes;
    this.relationships = relationships;
  }
}
