import { createHash } from "node:crypto";

/** The namespace of every id that we make: made once, at random, and never changed. */
const namespace = Buffer.from("6f1d0c5e8a4b4e62b7c39d2f50a1e874", "hex");

/** UUID version 5 (RFC 9562, 5.5) of an entity and its natural key: the same everywhere, for ever. */
export function idOf(entity: string, ...naturalKey: readonly (string | number)[]): string {
  const bytes = createHash("sha1").update(namespace).update(JSON.stringify([entity, ...naturalKey])).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
