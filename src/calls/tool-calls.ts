import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { shorten } from "../base/shorten.js";
import type { ByteBudget } from "../bounds/byte-budget.js";
import type { RuntimeCounters } from "../bounds/runtime-counters.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { BackendCommand, BackendEvent } from "../protocol/cell-backend.js";
import type { DurableCalls } from "../protocol/durable-calls.js";
import type { CellNews } from "../protocol/events.js";
import type { CallTrace, CellTrace } from "../protocol/telemetry.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import { type ApprovalOptions, approve } from "./approval.js";
import { approveDurably } from "./durable-approval.js";
import type { PlannedCalls } from "./planned-calls.js";
import { type Admission, type DurableCall, ToolCall } from "./tool-call.js";

/** What the calls of a cell need to know about it. */
export interface ToolCallsOptions {
  readonly session: { readonly id: string; readonly data: unknown };
  readonly cellId: string;
  readonly context: unknown;
  /** A call names its tool by the index in this list. */
  readonly tools: readonly RegisteredTool[];
  /** UTF-8 bytes that one result may have, or its JSON text where it is no string. */
  readonly maxResultBytes: number;
  /** Values, keys included, that one result may be made of. */
  readonly maxValues: number;
  /** Bytes of JSON of the inputs of all open calls, of this cell and others. */
  readonly inputs: ByteBudget;
  /** Count the calls, of this cell and others. */
  readonly counters: RuntimeCounters;
  /** Decide about the calls whose tools ask for approval; innermost first. */
  readonly onApproval: readonly ApprovalHandler[];
  /** Where the cell runs by a plan. */
  readonly planned: PlannedCalls | undefined;
  /** Of a durable cell. */
  readonly durable: DurableCalls | undefined;
  /** Of a durable cell: a call waits for approval, and no handler of this process decides about it. */
  readonly onLeft: () => void;
  /** Takes the settled calls back to the cell. */
  readonly send: (command: BackendCommand) => void;
  /** Follows the cell, where telemetry does. */
  readonly trace?: CellTrace | undefined;
  /** Undefined where there is no handler, so that no event is made. */
  readonly emit: ((event: CellNews) => void) | undefined;
}

interface OpenCall {
  readonly call: ToolCall;
  readonly inputBytes: number;
  readonly trace: CallTrace | undefined;
}

/** UTF-16 units of a failed call's message that reach the cell. */
const maxMessageLength = 64 * 1024;

/** The tool calls of one cell: runs them, settles them, and aborts what the cell's end leaves open. */
export class ToolCalls {
  readonly #options: ToolCallsOptions;
  readonly #open = new Map<number, OpenCall>();
  /** The calls that wait for approval, and their tools. */
  readonly #unapproved = new Map<string, string>();
  /** Those of them that no handler of this process decides about. */
  readonly #left = new Set<string>();
  #count = 0;
  #isOver = false;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
  }

  /** Calls begun so far. */
  get count(): number {
    return this.#count;
  }

  /** The names of the tools whose calls wait for approval, each once. */
  get pendingApprovals(): readonly string[] {
    return this.#unapproved.size === 0 ? [] : [...new Set(this.#unapproved.values())];
  }

  /** Whether a call waits for approval, and no handler of this process decides about it. */
  get isLeft(): boolean {
    return this.#left.size > 0;
  }

  /** Begins a call. Never throws; after `abortAll` it does nothing. */
  start({ callId, tool, json }: BackendEvent & { readonly type: "toolCall" }): void {
    const registered = this.#options.tools[tool];
    if (this.#isOver || registered === undefined) return;
    const { session, cellId, context, maxValues } = this.#options;
    this.#count += 1;
    const inputBytes = Buffer.byteLength(json);
    const refusal = this.#options.inputs.take(inputBytes);
    if (refusal !== undefined) {
      const message = tooMuchInput(inputBytes, refusal.limit);
      this.#options.counters.callRefused();
      this.#options.send({ type: "toolRejected", callId, message });
      return;
    }
    const ids = {
      sessionId: session.id,
      sessionData: session.data,
      context,
      cellId,
      // What APIs take as the id of a call.
      callId: `${cellId}-${callId}`,
    };
    const admit = this.#admission(callId);
    const needsAdmission = this.#options.planned !== undefined && registered.effect !== "read";
    const durable = this.#durableCall(callId, registered);
    const { name, description } = registered;
    const trace = this.#options.trace?.call({
      ...{ callId: ids.callId, tool: name, description, input: json },
    });
    const call = new ToolCall(registered, ids, { admit, needsAdmission, trace }, durable);
    this.#open.set(callId, { call, inputBytes, trace });
    this.#options.counters.callStarted();
    const input: unknown = JSON.parse(json);
    this.#options.emit?.({
      type: "toolCallStarted",
      cellId,
      callId: call.context.callId,
      tool: registered.name,
      input,
      inputBytes,
    });
    call.run(
      input,
      { length: json.length, maxValues },
      (result, { isJson }) => this.#resolve(callId, result, isJson),
      (thrown) => this.#reject(callId, describeThrown(thrown), thrown),
    );
  }

  /**
   * Aborts every open call; results that come later go nowhere. Idempotent.
   *
   * @returns The tools of the calls that were open, in the order of the calls.
   */
  abortAll(): readonly RegisteredTool[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    if (this.#open.size === 0) return [];
    const dropped = [...this.#open.values()].map(({ call }) => call.tool);
    const message = `Cell ${this.#options.cellId} has ended and no longer waits for this tool call.`;
    const reason = new CodeModeError("ERR_CELL_ENDED", message);
    for (const callId of [...this.#open.keys()]) {
      const open = this.#take(callId);
      if (open === undefined) continue;
      open.call.abort(reason);
      this.#tellSettled(open.call, { status: "aborted" });
      open.trace?.settled({ status: "aborted" });
    }
    return dropped;
  }

  #durableCall(callId: number, { effect }: RegisteredTool): DurableCall | undefined {
    const { durable } = this.#options;
    if (durable === undefined) return undefined;
    return {
      idempotencyKey: durable.idempotencyKey(callId),
      attempt: durable.attempt(callId),
      isAsked: durable.asked(callId) !== undefined,
      begin: effect === "read" ? undefined : () => durable.begin(callId),
    };
  }

  #admission(callId: number): Admission {
    const { cellId, onApproval, durable, planned, emit } = this.#options;
    return ({ tool, context }, input) => {
      const ids = { cellId, callId: context.callId, tool: tool.name };
      const onAsked = (): void => this.#noteAsked(context.callId, tool.name);
      const options: ApprovalOptions = {
        handlers: onApproval,
        onAsked,
        onRequested: ({ reason, approvalId }) => {
          onAsked();
          emit?.({
            type: "approvalRequested",
            ...ids,
            input,
            ...(reason !== undefined && { reason }),
            ...(approvalId !== undefined && { approvalId }),
          });
        },
        onLeft: () => {
          if (!this.#unapproved.has(context.callId)) return;
          this.#left.add(context.callId);
          this.#options.onLeft();
        },
        onSettled: (settlement) => {
          if (this.#unapproved.delete(context.callId)) this.#options.counters.countOpenApproval(-1);
          this.#left.delete(context.callId);
          emit?.({ type: "approvalSettled", ...ids, ...settlement });
        },
      };
      const call = { tool, context, input, planned };
      return durable === undefined
        ? approve(call, options)
        : approveDurably(call, options, { callId, calls: durable });
    };
  }

  #noteAsked(callId: string, tool: string): void {
    if (!this.#unapproved.has(callId)) this.#options.counters.countOpenApproval(1);
    this.#unapproved.set(callId, tool);
  }

  #resolve(callId: number, result: string, isJson: boolean): void {
    if (!this.#open.has(callId)) return;
    const bytes = Buffer.byteLength(result);
    if (bytes > this.#options.maxResultBytes) {
      const message =
        `The tool's result is too large: ${bytes} bytes${isJson ? " of JSON" : ""}, of at most ` +
        `${this.#options.maxResultBytes} (limits.toolResultBytes). Ask for less at a time.`;
      this.#reject(callId, message);
      return;
    }
    const open = this.#take(callId);
    if (open === undefined) return;
    // Every byte a character: it can be copied as it is.
    const isAscii = bytes === result.length;
    this.#options.send({ type: "toolResolved", callId, result, isJson, isAscii });
    this.#tellSettled(open.call, { status: "fulfilled", resultBytes: bytes });
    open.trace?.settled({ status: "fulfilled", result });
  }

  /** @param thrown - What its tool has thrown; undefined where that is not why. */
  #reject(callId: number, text: string, thrown?: unknown): void {
    const open = this.#take(callId);
    if (open === undefined) return;
    const message = shorten(text, maxMessageLength);
    this.#options.send({ type: "toolRejected", callId, message });
    this.#tellSettled(open.call, { status: "rejected", error: message });
    open.trace?.settled({ status: "rejected", thrown, error: message });
  }

  #take(callId: number): OpenCall | undefined {
    const open = this.#open.get(callId);
    if (open === undefined) return undefined;
    this.#open.delete(callId);
    this.#options.inputs.giveBack(open.inputBytes);
    return open;
  }

  #tellSettled(
    call: ToolCall,
    how: Pick<CellNews & { readonly type: "toolCallSettled" }, "status" | "resultBytes" | "error">,
  ): void {
    const { counters, emit, cellId } = this.#options;
    const { durationMs } = call;
    counters.callSettled(how.status, durationMs);
    emit?.({
      type: "toolCallSettled",
      cellId,
      callId: call.context.callId,
      tool: call.tool.name,
      durationMs,
      ...how,
    });
  }
}

function tooMuchInput(bytes: number, limit: number): string {
  return (
    `The tool was not called: its input, of ${bytes} bytes of JSON, and those of the other calls that are ` +
    `open may have ${limit} together (limits.toolInputBytes). Wait for some calls first, or give less.`
  );
}
