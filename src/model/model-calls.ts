import { CodeModeError } from "../base/errors.js";
import { followSignal } from "../base/followed-signal.js";
import type { ExecOptions, WaitOptions } from "../options/exec-options.js";
import { modelReading } from "../options/reading.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { EventHandler, NotificationHandler } from "../protocol/events.js";
import type { CellOutcome, OutputItem } from "../protocol/outcome.js";
import { explainMissing, explainOutcome, explainProblem, withWrittenLine } from "./explain.js";
import { formatOutcome, formatUnrun } from "./format-outcome.js";
import { type Media, withTakenMedia } from "./media.js";
import { ModelInputError } from "./model-input-error.js";
import type { ModelSession } from "./model-session.js";
import type { ExecInput } from "./pragma.js";
import type { CountTokens } from "./token-budget.js";
import { toJavaScript } from "./typescript/to-javascript.js";
import { readWait } from "./wait-input.js";

/** What a call of exec may bring along. */
export interface ModelCallOptions {
  /**
   * Ends the call when it is aborted. Of exec: terminates the cell, unless it has been handed over as yielded.
   * Of wait: stops waiting, and `execute` rejects with the signal's reason; the cell continues. The option
   * `abort` of `createModelTools` changes that.
   */
  readonly signal?: AbortSignal | undefined;
  /** What the cell's tools get as `context` in theirs; of exec only. Default: undefined. */
  readonly context?: unknown;
  /** Gets what the cell sends with `notify`; of exec only. */
  readonly onNotify?: NotificationHandler | undefined;
  /** Gets every event of the cell; of exec only. */
  readonly onEvent?: EventHandler | undefined;
  /** Decides about the cell's tool calls that need approval; of exec only. */
  readonly onApproval?: ApprovalHandler | undefined;
}

/** The answer to one call of a model. */
export interface ModelToolResult {
  /** The items to send back, in order. */
  readonly content: readonly OutputItem[];
  /** Whether the input was wrong, the cell failed, or there is no such cell. */
  readonly isError: boolean;
  /** What the items tell; undefined where no cell was run or looked for. */
  readonly outcome?: CellOutcome;
}

export interface ModelCallsOptions {
  readonly typescript: boolean;
  readonly countTokens: CountTokens | undefined;
  readonly media: Media;
  readonly abort: "call" | "cell";
  readonly yieldOnApproval: boolean;
}

/** Answers a model's calls to one session. */
export class ModelCalls {
  readonly #session: ModelSession;
  readonly #takesTypeScript: boolean;
  readonly #countTokens: CountTokens | undefined;
  readonly #media: Media;
  /** What a signal ends. */
  readonly #abort: "call" | "cell";
  readonly #yieldOnApproval: boolean;

  constructor(session: ModelSession, options: ModelCallsOptions) {
    this.#session = session;
    this.#takesTypeScript = options.typescript;
    this.#countTokens = options.countTokens;
    this.#media = options.media;
    this.#abort = options.abort;
    this.#yieldOnApproval = options.yieldOnApproval;
  }

  /** @param read - Reads the model's input; throws a `ModelInputError` where it is wrong. */
  exec(read: () => ExecInput, options: ModelCallOptions = {}): Promise<ModelToolResult> {
    return answer(async () => {
      const { source, yieldAfterMs, maxOutputTokens } = read();
      const ready = this.#takesTypeScript ? await toJavaScript(source) : { source };
      if ("problem" in ready) {
        const format = this.#format(maxOutputTokens);
        return { content: formatUnrun(explainProblem(ready.problem), format), isError: true };
      }
      const outcome = await this.#run(ready.source, {
        ...options,
        ...modelReading(this.#session.settings),
        yieldAfterMs,
        yieldOnApproval: this.#yieldOnApproval,
      });
      const written = withWrittenLine(outcome, { run: ready.source, written: source });
      return this.#toResult(written, maxOutputTokens);
    });
  }

  wait(input: unknown, { signal }: ModelCallOptions = {}): Promise<ModelToolResult> {
    return answer(async () => {
      const { cellId, yieldAfterMs, maxTokens, terminates } = readWait(input);
      const outcome = terminates
        ? await this.#session.terminate(cellId)
        : await this.#observe(cellId, { yieldAfterMs, signal });
      return this.#toResult(outcome, maxTokens);
    });
  }

  async #run(source: string, options: ExecOptions): Promise<CellOutcome> {
    const { signal } = options;
    if (signal === undefined || this.#abort === "cell") return this.#session.exec(source, options);
    const followed = followSignal(signal);
    try {
      return await this.#session.exec(source, { ...options, signal: followed.signal });
    } finally {
      followed.leave();
    }
  }

  async #observe(cellId: string, { yieldAfterMs, signal }: WaitOptions): Promise<CellOutcome> {
    const waiting = { yieldAfterMs, yieldOnApproval: this.#yieldOnApproval };
    if (signal === undefined || this.#abort === "call") {
      return this.#session.wait(cellId, { ...waiting, signal });
    }
    const observed = this.#session.wait(cellId, waiting);
    // The observer gets the same end.
    const terminate = (): void => void this.#session.terminate(cellId).catch(() => undefined);
    if (signal.aborted) terminate();
    signal.addEventListener("abort", terminate, { once: true });
    try {
      return await observed;
    } finally {
      signal.removeEventListener("abort", terminate);
    }
  }

  #toResult(outcome: CellOutcome, maxOutputTokens: number | undefined): ModelToolResult {
    return {
      content: this.#toContent(outcome, maxOutputTokens),
      isError: outcome.status === "failed" || outcome.status === "missing",
      outcome,
    };
  }

  #toContent(outcome: CellOutcome, maxOutputTokens: number | undefined): readonly OutputItem[] {
    const format = this.#format(maxOutputTokens);
    if (outcome.status === "missing") return formatUnrun(explainMissing(outcome), format);
    const { tools } = this.#session.settings.tools;
    return formatOutcome(withTakenMedia(explainOutcome(outcome, tools), this.#media), format);
  }

  #format(maxOutputTokens = this.#session.maxOutputTokens): {
    maxOutputTokens: number;
    countTokens: CountTokens | undefined;
  } {
    return { maxOutputTokens, countTokens: this.#countTokens };
  }
}

/** What the model itself can mend is an answer: its input, and how much it does at once. */
async function answer(run: () => Promise<ModelToolResult>): Promise<ModelToolResult> {
  try {
    return await run();
  } catch (thrown) {
    if (!isForModel(thrown)) throw thrown;
    return { content: [{ type: "text", text: thrown.message }], isError: true };
  }
}

function isForModel(thrown: unknown): thrown is Error {
  if (thrown instanceof ModelInputError) return true;
  if (!(thrown instanceof CodeModeError)) return false;
  return ["ERR_CELL_BUSY", "ERR_QUEUE_FULL", "ERR_TOO_MANY_ORPHANS"].includes(thrown.code);
}
