import type { StoredSession } from "../../durable/store.js";
import { ServiceError } from "../service-error.js";

/** Where a page of sessions ended. */
type SessionPlace = Pick<StoredSession, "lastCellAt" | "sessionId">;

/** Where the next page of sessions begins, as a client has it; undefined where there is no session. */
export function sessionCursor(last: SessionPlace | undefined): string | undefined {
  if (last === undefined) return undefined;
  return Buffer.from(JSON.stringify([last.lastCellAt, last.sessionId])).toString("base64url");
}

/**
 * Reads what a client sends, which may be made up: it says where a list begins, and never whose list it is.
 *
 * @throws {ServiceError} ERR_BODY.
 */
export function readSessionCursor(text: string | undefined): SessionPlace | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    const [lastCellAt, sessionId, ...others] = value as readonly unknown[];
    const isPlace = Number.isFinite(lastCellAt) && typeof sessionId === "string";
    if (isPlace && others.length === 0) return { lastCellAt: Number(lastCellAt), sessionId };
  } catch {}
  throw new ServiceError(
    "ERR_BODY",
    "The parameter after must be the `next` of an earlier answer.",
  );
}
