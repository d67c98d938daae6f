import { ByteBudget } from "../../src/bounds/byte-budget.js";
import { RuntimeCounters } from "../../src/bounds/runtime-counters.js";
import { ToolCalls, type ToolCallsOptions } from "../../src/calls/tool-calls.js";
import type { BackendCommand } from "../../src/protocol/cell-backend.js";
import type { CellNews } from "../../src/protocol/events.js";
import { ToolSet } from "../../src/tools/tool-set.js";

/** Calls, and what became of them. */
export interface OpenCalls {
  readonly calls: ToolCalls;
  /** Calls a tool, by its index, as a cell does. */
  readonly call: (callId: number, input?: unknown, tool?: number) => void;
  readonly sent: readonly BackendCommand[];
  readonly told: readonly CellNews[];
  readonly inputs: ByteBudget;
}

/** The calls of a cell without a cell: what its host makes of them. */
export function openCalls(
  tools: Parameters<ToolSet["with"]>[0],
  {
    inputBytes = 1000,
    ...other
  }: { inputBytes?: number } & Partial<Pick<ToolCallsOptions, "durable" | "onApproval">> = {},
): OpenCalls {
  const sent: BackendCommand[] = [];
  const told: CellNews[] = [];
  const inputs = new ByteBudget(inputBytes);
  const calls = new ToolCalls({
    session: { id: "s", data: undefined },
    cellId: "1",
    context: undefined,
    tools: ToolSet.empty.with(tools).tools,
    maxResultBytes: 10,
    maxValues: 1000,
    inputs,
    counters: new RuntimeCounters(),
    onApproval: [],
    planned: undefined,
    durable: undefined,
    onLeft: () => {},
    send: (command) => sent.push(command),
    emit: (news) => told.push(news),
    ...other,
  });
  const call = (callId: number, input: unknown = null, tool = 0): void =>
    calls.start({ type: "toolCall", callId, tool, json: JSON.stringify(input) });
  return { calls, call, sent, told, inputs };
}
