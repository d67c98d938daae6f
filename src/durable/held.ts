import type { BackendEvent } from "../protocol/cell-backend.js";
import type { OpenCall } from "./resumption.js";

/** What waits for the disk: an event for the cell's handle, or who waits for the cell's news. */
export type Held = BackendEvent | { readonly type: "asked"; readonly answer: () => void };

/** Who asks for the cell's news is not told of calls. */
export function isAsked({ type }: Held): boolean {
  return type === "asked";
}

export function isCall(event: BackendEvent): event is OpenCall {
  const { type } = event;
  return type === "toolCall" || type === "toolSearch" || type === "toolLookup";
}

export function isLast(event: BackendEvent): boolean {
  if (event.type === "settled") return event.settled.isParked;
  return event.type === "disposed" || event.type === "unresponsive" || event.type === "refused";
}

/** What an observer or a handler may be told of; all else waits only for what came before it. */
export function isTold({ type }: BackendEvent): boolean {
  return type === "notify" || type === "yielded" || type === "settled" || type === "unresponsive";
}
