import { invalidOption } from "../base/option-checks.js";
import { type RevertibleCall, revertCell } from "../durable/revert-cell.js";
import type { DurableStore, StoredCell } from "../durable/store.js";
import type { RevertReport } from "../protocol/revert.js";
import type { RevertContext } from "../tools/tool-definition.js";
import type { ToolSet } from "../tools/tool-set.js";

/** What reverts the calls of a cell. */
export interface RevertSetup {
  readonly store: DurableStore;
  readonly tools: ToolSet;
  readonly retriesLost: boolean;
  /** Aborted when the runtime is closed. */
  readonly signal: AbortSignal;
}

/** Reverts the calls of a cell with the tools of today. */
export async function revertWith(
  cellId: string,
  { store, tools: { tools }, retriesLost, signal }: RevertSetup,
): Promise<RevertReport> {
  const cell = typeof cellId === "string" ? await store.find(cellId) : undefined;
  if (cell === undefined) {
    throw invalidOption("cellId", "that of a cell in the store of this runtime", cellId);
  }
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return revertCell(cell, {
    store,
    retriesLost,
    canRevert: (name) => byName.get(name)?.canRevert,
    revert: async (call) => {
      signal.throwIfAborted();
      await byName.get(call.tool)?.revert(call, contextOf(cell, call, signal));
    },
  });
}

function contextOf(
  { cellId, sessionId }: StoredCell,
  { call, attempt }: RevertibleCall,
  signal: AbortSignal,
): RevertContext {
  const callKey = `${cellId}/${call}`;
  const ids = { sessionId, cellId, callId: `${cellId}-${call}` };
  return { ...ids, idempotencyKey: `${callKey}/revert`, callKey, attempt, signal };
}
