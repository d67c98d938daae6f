import type { StoredRecord } from "../durable/store.js";
import type { SealedPlace } from "./sealed-text.js";

// Where texts of a store belong.

export interface CellIds {
  readonly cellId: string;
  readonly sessionId: string;
}

export function placeOfRecord(
  { cellId, sessionId }: CellIds,
  { seq, kind, at }: StoredRecord,
): SealedPlace {
  return {
    name: `Record ${seq} of the cell ${cellId}`,
    parts: ["record", sessionId, cellId, seq, kind, at],
  };
}

export function placeOfDecision(
  { approvalId, cellId, sessionId }: CellIds & { readonly approvalId: string },
  at: number,
): SealedPlace {
  return {
    name: `The decision about the question ${approvalId}`,
    parts: ["decision", sessionId, cellId, approvalId, at],
  };
}

export function placeOfValue(sessionId: string, key: string): SealedPlace {
  return {
    name: `The stored value ${JSON.stringify(key.slice(0, 100))} of the session ${sessionId}`,
    parts: ["value", sessionId, key],
  };
}
