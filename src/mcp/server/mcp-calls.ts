import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import type { ModelToolResult } from "../../model/model-calls.js";
import type { ModelSession } from "../../model/model-session.js";
import type { FunctionModelTool } from "../../model/model-tools.js";
import type { ApprovalHandler } from "../../protocol/approvals.js";
import type { CellEvent, Notification } from "../../protocol/events.js";
import type { Caller } from "./caller.js";
import { CellFeed } from "./cell-feed.js";
import { askClientForApproval } from "./client-approval.js";
import { toContentBlock } from "./content-block.js";
import { Exchanges } from "./exchanges.js";

const maxFeeds = 1000;

/** Calls of a session's exec and wait that come as MCP requests, through however many servers. */
export class McpCalls {
  static readonly #bySession = new WeakMap<ModelSession, McpCalls>();
  readonly #session: ModelSession;
  readonly #exchanges = new Exchanges();
  /** Of the cells that run, or have yielded and are waited for later. */
  readonly #feeds = new Map<string, CellFeed>();
  /** Of the cells that an earlier process has started. */
  readonly #resumed = new Map<string, CellFeed>();

  private constructor(session: ModelSession) {
    this.#session = session;
  }

  static of(session: ModelSession): McpCalls {
    const known = McpCalls.#bySession.get(session);
    if (known !== undefined) return known;
    const calls = new McpCalls(session);
    McpCalls.#bySession.set(session, calls);
    return calls;
  }

  /** The way to the client that has started a cell; undefined where it was started otherwise. */
  feedOf(cellId: string): CellFeed | undefined {
    return this.#feeds.get(cellId) ?? this.#resumed.get(cellId);
  }

  /** The way to the client that waits for a cell which an earlier process has started. */
  resumedFeedOf(cellId: string): CellFeed | undefined {
    return this.#resumed.get(cellId);
  }

  exec(
    exec: FunctionModelTool,
    input: unknown,
    caller: Caller,
  ): Promise<CallToolResult | InputRequiredResult> {
    return this.#exchanges.serve(caller, () => {
      const feed = new CellFeed(caller);
      const cancel = new AbortController();
      return {
        result: this.#exec(exec, input, { feed, signal: cancel.signal }),
        asks: feed.asks,
        attach: (by) => feed.attach(by),
        abort: (reason) => cancel.abort(reason),
      };
    });
  }

  wait(
    wait: FunctionModelTool,
    input: unknown,
    caller: Caller,
  ): Promise<CallToolResult | InputRequiredResult> {
    return this.#exchanges.serve(caller, () => {
      const cellId = readCellId(input);
      const feed = this.feedOf(cellId) ?? new CellFeed(caller);
      if (!this.#feeds.has(cellId)) keepFeed(this.#resumed, cellId, feed);
      // A client that has lost patience with a wait has not given up the program.
      const stop = new AbortController();
      return {
        result: this.#wait(wait, input, { cellId, signal: stop.signal }),
        asks: feed.asks,
        attach: (by) => feed.attach(by),
        abort: (reason) => stop.abort(reason),
      };
    });
  }

  async #exec(
    exec: FunctionModelTool,
    input: unknown,
    { feed, signal }: { readonly feed: CellFeed; readonly signal: AbortSignal },
  ): Promise<CallToolResult> {
    let cellId: string | undefined;
    const result = await exec.execute(input, {
      signal,
      onNotify: (notification: Notification) => feed.notify(notification),
      onApproval: this.#approvalBy(feed),
      onEvent: (event: CellEvent) => {
        if (event.type === "toolCallStarted") feed.countToolCall();
        if (cellId !== undefined) return;
        cellId = event.cellId;
        keepFeed(this.#feeds, cellId, feed);
      },
    });
    if (cellId !== undefined && result.outcome?.status !== "yielded") this.#feeds.delete(cellId);
    return toResult(result);
  }

  async #wait(
    wait: FunctionModelTool,
    input: unknown,
    { cellId, signal }: { readonly cellId: string; readonly signal: AbortSignal },
  ): Promise<CallToolResult> {
    const result = await wait.execute(input, { signal });
    const { outcome } = result;
    if (outcome?.status !== "yielded") this.#resumed.delete(cellId);
    if (outcome !== undefined && outcome.status !== "yielded") this.#feeds.delete(cellId);
    return toResult(result);
  }

  /** Who embeds the session decides; the person at the client about what they leave open. */
  #approvalBy(feed: CellFeed): ApprovalHandler {
    return async (request, context) => {
      for (const handler of this.#session.settings.onApproval) {
        const answer = await handler(request, context);
        if (answer !== undefined) return answer;
      }
      return askClientForApproval(feed, request, context.signal);
    };
  }
}

/** The maximum number of cells that are not waited for; notifications of older ones are dropped. */
function keepFeed(feeds: Map<string, CellFeed>, cellId: string, feed: CellFeed): void {
  feeds.set(cellId, feed);
  const [oldest] = feeds.keys();
  if (feeds.size > maxFeeds && oldest !== undefined) feeds.delete(oldest);
}

/** What is no id names no cell; `wait` says so to the model. */
function readCellId(input: unknown): string {
  const { cell_id: cellId } = (input ?? {}) as { cell_id?: unknown };
  return typeof cellId === "string" ? cellId : "";
}

function toResult({ content, isError }: ModelToolResult): CallToolResult {
  return { content: content.map(toContentBlock), ...(isError && { isError }) };
}
