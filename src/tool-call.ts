import type { CodeModeError } from "./errors.js";
import type { RegisteredTool } from "./registered-tool.js";
import type { ToolContext } from "./tool-definition.js";
import type { CheckedInput } from "./tool-schema.js";

/** One call of a tool by a cell, from the moment it reaches the host until it settles. */
export class ToolCall {
  readonly tool: RegisteredTool;
  /** Handed to the tool. */
  readonly context: ToolContext;
  readonly #startedAt: number = performance.now();
  // Made when somebody asks for the signal: most tools never do, and a cell may have many calls.
  #controller: AbortController | undefined;
  #abortReason: CodeModeError | undefined;

  constructor(tool: RegisteredTool, ids: Omit<ToolContext, "signal">) {
    this.tool = tool;
    const signal = (): AbortSignal => this.#signal();
    // An own getter, so that a context copied with `...` keeps its signal.
    this.context = {
      ...ids,
      get signal(): AbortSignal {
        return signal();
      },
    };
  }

  /** Milliseconds since the call began. */
  get durationMs(): number {
    return performance.now() - this.#startedAt;
  }

  /**
   * Checks the input, runs the tool, and hands on its result or what went wrong. Where schema and tool
   * answer at once, so does this: a promise takes longer than many a tool. A string crosses as it is;
   * everything else as JSON text.
   */
  run(
    input: unknown,
    onResult: (result: string, form: { readonly isJson: boolean }) => void,
    onFailure: (thrown: unknown) => void,
  ): void {
    const give = (result: unknown): void => {
      if (typeof result === "string") {
        onResult(result, { isJson: false });
        return;
      }
      let json: string;
      try {
        json = this.tool.toJson(result);
      } catch (thrown) {
        onFailure(thrown);
        return;
      }
      onResult(json, { isJson: true });
    };
    const execute = (checked: CheckedInput): void => {
      try {
        if (this.#abortReason !== undefined) throw this.#abortReason;
        follow(this.tool.execute(checked.input, this.context), give, onFailure);
      } catch (thrown) {
        onFailure(thrown);
      }
    };
    try {
      follow(this.tool.checkInput(input), execute, onFailure);
    } catch (thrown) {
      onFailure(thrown);
    }
  }

  /** Tells the tool that nobody waits for its result any more. */
  abort(reason: CodeModeError): void {
    this.#abortReason = reason;
    this.#controller?.abort(reason);
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

function isThenable<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return "then" in value && typeof value.then === "function";
}
