import type { CodeModeError } from "./errors.js";
import type { RegisteredTool } from "./registered-tool.js";
import type { ToolContext } from "./tool-definition.js";

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
   * Checks the input and runs the tool; where the schema answers at once, the tool has been entered
   * when this returns.
   *
   * @returns The result as JSON text.
   */
  async run(input: unknown): Promise<string> {
    const checked = this.tool.checkInput(input);
    const value = checked instanceof Promise ? await checked : checked;
    if (this.#abortReason !== undefined) throw this.#abortReason;
    return this.tool.execute(value.input, this.context);
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
