import type { CallToolResult } from "@modelcontextprotocol/server";
import type { ModelToolResult } from "../../model/model-calls.js";
import type { FunctionModelTool } from "../../model/model-tools.js";
import type { CellEvent, Notification } from "../../protocol/events.js";
import type { Session } from "../../session/session.js";
import { type Caller, onAbort } from "./caller.js";
import { CellFeed } from "./cell-feed.js";
import { toContentBlock } from "./content-block.js";

const mostFeeds = 1000;

/** Calls of a session's exec and wait that come as MCP requests, through however many servers. */
export class McpCalls {
  static readonly #bySession = new WeakMap<Session, McpCalls>();
  readonly #session: Session;
  /** Of the cells that have yielded and are waited for later. */
  readonly #feeds = new Map<string, CellFeed>();

  private constructor(session: Session) {
    this.#session = session;
  }

  static of(session: Session): McpCalls {
    const known = McpCalls.#bySession.get(session);
    if (known !== undefined) return known;
    const calls = new McpCalls(session);
    McpCalls.#bySession.set(session, calls);
    return calls;
  }

  async exec(exec: FunctionModelTool, input: unknown, caller: Caller): Promise<CallToolResult> {
    const feed = new CellFeed(caller);
    const cancel = new AbortController();
    using _cancelling = onAbort(caller, () => cancel.abort(new Error("the request was cancelled")));
    using _attached = feed.attach(caller);
    const result = await exec.execute(input, {
      signal: cancel.signal,
      onNotify: (notification: Notification) => feed.notify(notification),
      onEvent: (event: CellEvent) => this.#follow(feed, event),
    });
    if (result.outcome?.status === "yielded") this.#keepFeed(result.outcome.cellId, feed);
    return toResult(result);
  }

  async wait(wait: FunctionModelTool, input: unknown, caller: Caller): Promise<CallToolResult> {
    const cellId = readCellId(input);
    const feed = this.#feeds.get(cellId);
    using _cancelling = onAbort(caller, () => void this.#session.terminate(cellId));
    using _attached = feed?.attach(caller);
    const result = await wait.execute(input);
    const { outcome } = result;
    if (outcome !== undefined && outcome.status !== "yielded") this.#feeds.delete(cellId);
    return toResult(result);
  }

  /** Cells that nobody waits for must not add up: the oldest of so many tell nothing any more. */
  #keepFeed(cellId: string, feed: CellFeed): void {
    this.#feeds.set(cellId, feed);
    const [oldest] = this.#feeds.keys();
    if (this.#feeds.size > mostFeeds && oldest !== undefined) this.#feeds.delete(oldest);
  }

  #follow(feed: CellFeed, event: CellEvent): void {
    if (event.type === "toolCallStarted") feed.countToolCall();
  }
}

/** What is no id names no cell; `wait` says so to the model. */
function readCellId(input: unknown): string {
  const { cell_id: cellId } = (input ?? {}) as { cell_id?: unknown };
  return typeof cellId === "string" ? cellId : "";
}

function toResult({ content, isError }: ModelToolResult): CallToolResult {
  return { content: content.map(toContentBlock), ...(isError && { isError }) };
}
