import type { CodeModeError } from "../base/errors.js";
import type { CallTrace } from "../protocol/telemetry.js";
import type { CheckedInput } from "../tools/input-check.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import type { ToolContext } from "../tools/tool-definition.js";

/** What the AI SDK tells a tool about a call, by its own names, of which version 7 has others. */
interface AiSdkCallOptions {
  readonly toolCallId: string;
  /** A cell's calls are in no message. */
  readonly messages: readonly never[];
  readonly abortSignal: AbortSignal;
  readonly experimental_context: unknown;
}

/** Shared by all calls, which have no time to spare for names that few tools ask for. */
const aiSdkNames = {
  messages: Object.freeze([]),
  get toolCallId(): string {
    return (this as unknown as ToolContext).callId;
  },
  get abortSignal(): AbortSignal {
    return (this as unknown as ToolContext).signal;
  },
  get experimental_context(): unknown {
    return (this as unknown as ToolContext).context;
  },
};

/** Waits until a call whose tool asks for approval may run, and gives the input to run it with. */
export type Admission = (call: ToolCall, input: unknown) => Promise<CheckedInput>;

/** What a call of a durable cell has besides. */
export interface DurableCall {
  readonly idempotencyKey: string;
  readonly attempt: number;
  /** A question about it is in the journal: what the tool says of approval now does not change that. */
  readonly isAsked: boolean;
  /** Resolves when the tool may run. Undefined where it may at once, because it has no effect. */
  readonly begin: (() => Promise<void>) | undefined;
}

export interface ToolCallOptions {
  readonly admit: Admission;
  readonly needsAdmission: boolean;
  /** Follows it, where telemetry does. */
  readonly trace: CallTrace | undefined;
}

/** One call of a tool by a cell, from the moment it reaches the host until it settles. */
export class ToolCall {
  readonly tool: RegisteredTool;
  /** Handed to the tool; tools of the AI SDK find in it what that gives them. */
  readonly context: ToolContext & AiSdkCallOptions;
  readonly #admit: Admission;
  readonly #needsAdmission: boolean;
  readonly #begin: (() => Promise<void>) | undefined;
  readonly #trace: CallTrace | undefined;
  readonly #startedAt: number = performance.now();
  // Made when the tool reads the signal: most never do, and a cell may have many calls.
  #controller: AbortController | undefined;
  #abortReason: CodeModeError | undefined;
  /** Of a tool that streams. */
  #stopStream: (() => void) | undefined;

  constructor(
    tool: RegisteredTool,
    ids: Omit<ToolContext, "signal">,
    { admit, needsAdmission, trace }: ToolCallOptions,
    durable?: DurableCall,
  ) {
    this.tool = tool;
    this.#admit = admit;
    this.#begin = durable?.begin;
    this.#trace = trace;
    this.#needsAdmission = needsAdmission || tool.hasApproval || durable?.isAsked === true;
    const signal = (): AbortSignal => this.#signal();
    // An own getter, so that a context copied with `...` keeps its signal.
    const context: Record<string, unknown> = {
      __proto__: aiSdkNames,
      sessionId: ids.sessionId,
      sessionData: ids.sessionData,
      context: ids.context,
      cellId: ids.cellId,
      callId: ids.callId,
      get signal(): AbortSignal {
        return signal();
      },
    };
    if (durable !== undefined) {
      context["idempotencyKey"] = durable.idempotencyKey;
      context["attempt"] = durable.attempt;
    }
    this.context = context as unknown as ToolContext & AiSdkCallOptions;
  }

  /** Milliseconds since the call began. */
  get durationMs(): number {
    return performance.now() - this.#startedAt;
  }

  /**
   * Checks the input, waits for approval where the tool asks for it, runs the tool, and hands on its
   * result or what went wrong. Where schema and tool answer at once, so does this: a promise takes longer
   * than many a tool. A string crosses as it is; everything else as JSON text.
   *
   * @param sizes - `length`: UTF-16 units of the input's JSON text; `maxValues`: of the result.
   */
  run(
    input: unknown,
    sizes: { readonly length: number; readonly maxValues: number },
    onResult: (result: string, form: { readonly isJson: boolean }) => void,
    onFailure: (thrown: unknown) => void,
  ): void {
    const { length, maxValues } = sizes;
    const give = (result: unknown): void => {
      if (typeof result === "string") {
        onResult(result, { isJson: false });
        return;
      }
      let json: string;
      try {
        json = this.tool.toJson(result, maxValues);
      } catch (thrown) {
        onFailure(thrown);
        return;
      }
      onResult(json, { isJson: true });
    };
    const execute = (checked: CheckedInput): void => {
      try {
        if (this.#abortReason !== undefined) throw this.#abortReason;
        const run = (): unknown => {
          const result = this.tool.execute(checked.input, this.context);
          return isAsyncIterable(result) ? this.#lastOf(result) : result;
        };
        follow(this.#trace === undefined ? run() : this.#trace.run(run), give, onFailure);
      } catch (thrown) {
        onFailure(thrown);
      }
    };
    const begin = this.#begin;
    const run =
      begin === undefined
        ? execute
        : (checked: CheckedInput): void => follow(begin(), () => execute(checked), onFailure);
    // Made for the few calls that need it.
    const next = this.#needsAdmission
      ? (checked: CheckedInput): void => follow(this.#admit(this, checked.input), run, onFailure)
      : run;
    try {
      follow(this.tool.checkInput(input, length), next, onFailure);
    } catch (thrown) {
      onFailure(thrown);
    }
  }

  /** Tells the tool that the cell no longer waits for its result. */
  abort(reason: CodeModeError): void {
    this.#abortReason = reason;
    this.#controller?.abort(reason);
    this.#stopStream?.();
  }

  /**
   * A tool that streams, as the AI SDK's may, gives a result again and again; the last is the one. When
   * the call is aborted the stream is told to return, so that its `finally` runs.
   */
  async #lastOf(results: AsyncIterable<unknown>): Promise<unknown> {
    const iterator = results[Symbol.asyncIterator]();
    this.#stopStream = () => void endStream(iterator);
    let last: unknown;
    while (this.#abortReason === undefined) {
      const { done, value } = await iterator.next();
      if (done) break;
      last = value;
    }
    return last;
  }

  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }
}

/** Hands a value on, at once or when its promise has settled. */
function follow<Value>(
  value: Value | PromiseLike<Value>,
  onValue: (value: Value) => void,
  onFailure: (thrown: unknown) => void,
): void {
  if (isThenable(value)) Promise.resolve(value).then(onValue, onFailure);
  else onValue(value);
}

/** What goes wrong in an ended stream concerns no call. */
async function endStream(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {}
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isThenable<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return "then" in value && typeof value.then === "function";
}
