import { builtin } from "../base/builtin.js";

/** A UUID of version 7: unique everywhere, and later ones sort after earlier ones. */
export function newCellId(): string {
  const bytes = builtin("node:crypto").randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  return toUuid(bytes, 7);
}

/** The same UUID of version 8 for the same request, in each process: so a request has one cell at most. */
export function requestedCellId(sessionId: string, requestId: string): string {
  const hash = builtin("node:crypto").createHash("sha256");
  const digest = hash.update(JSON.stringify([sessionId, requestId])).digest();
  return toUuid(digest.subarray(0, 16), 8);
}

function toUuid(bytes: Buffer, version: number): string {
  bytes[6] = (version << 4) | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
