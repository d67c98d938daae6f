import { setMaxListeners } from "node:events";
import type { NamedTool } from "../tools/tool-definition.js";
import { toIdentifier } from "../tools/tool-names.js";
import type { ClosedCell, SessionClient, WireTool } from "./wire.js";

/** One Execute, as the tools and notifications of its cell know it. */
export class CellRun {
  readonly executionId: string;
  readonly toolCallId: string;
  readonly #traceparent: string | undefined;
  readonly #client: SessionClient;
  readonly #terminated = new AbortController();
  #cellId = "";
  #toolCalls = 0;

  constructor(
    client: SessionClient,
    request: {
      readonly executionId: string;
      readonly toolCallId: string;
      readonly traceparent?: string | undefined;
    },
  ) {
    this.#client = client;
    // Each open notification has a listener; Node warns of more than ten.
    setMaxListeners(0, this.#terminated.signal);
    this.executionId = request.executionId;
    this.toolCallId = request.toolCallId;
    this.#traceparent = request.traceparent;
  }

  get cellId(): string {
    return this.#cellId;
  }

  started(cellId: string): void {
    this.#cellId = cellId;
  }

  callTool(tool: WireTool, input: unknown, signal: AbortSignal): Promise<unknown> {
    this.#toolCalls += 1;
    return this.#client.callTool({
      executionId: this.executionId,
      cellId: this.#cellId,
      sequence: this.#toolCalls,
      tool,
      input,
      traceparent: this.#traceparent,
      signal,
    });
  }

  notify(text: string): Promise<void> {
    return this.#client.notify({
      executionId: this.executionId,
      cellId: this.#cellId,
      toolCallId: this.toolCallId,
      text,
      signal: this.#terminated.signal,
    });
  }

  /** The client has been told the cell's end, or cannot ask for it any more. */
  close({ isTerminated }: { readonly isTerminated: boolean }): void {
    if (isTerminated) this.#terminated.abort();
    const closed: ClosedCell = {
      executionId: this.executionId,
      cellId: this.#cellId,
      toolCalls: this.#toolCalls,
    };
    this.#client.cellClosed(closed);
  }
}

/**
 * The tools of a client as those of a session. Each call goes to the run of its cell, which is the `context` of
 * its exec. Of tools that programs would call by one name the last is taken.
 */
export function toSessionTools(tools: readonly WireTool[]): readonly NamedTool[] {
  const byIdentifier = new Map(tools.map((tool) => [toIdentifier(tool.name), tool]));
  return [...byIdentifier.values()].map((tool) => ({
    name: tool.name,
    description: tool.description,
    kind: tool.kind,
    execute: (input, { context, signal }) =>
      (context as CellRun).callTool(tool, input ?? null, signal),
  }));
}
