import type { Worker } from "node:worker_threads";
import { builtin } from "../../base/builtin.js";
import { packageFlags } from "../../base/package-root.js";
import {
  type ScriptOptions,
  type WorkerAnswer,
  type WorkerQuestion,
  workerProgram,
} from "./strip-worker.js";
import { eraserFile } from "./type-eraser.js";

/** What the erasing parser objects to. Line and column count from one. */
export interface TypeScriptProblem {
  /** `unsupported`: TypeScript that is more than types; `invalid`: not TypeScript either. */
  readonly kind: "unsupported" | "invalid";
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** `gaveUp`: the parser took too long or broke on this source. */
export type StripAnswer =
  | { readonly type: "stripped"; readonly source: string }
  | { readonly type: "refused"; readonly problem: TypeScriptProblem }
  | { readonly type: "gaveUp" };

/** What an engine says of a source that it cannot read as JavaScript: the error's stack. */
export type CheckAnswer =
  | { readonly type: "checked"; readonly stack: string | undefined }
  | { readonly type: "gaveUp" };

const startMs = 10_000;
const answerMs = 1000;
const heapMiB = 256;
const idleMs = 60_000;

/**
 * Parses sources. The parsers run in a worker, since a short source can keep them for hours or break
 * one for good; such a worker is replaced. One worker serves the process; it starts with the first
 * source and ends when idle.
 */
class TypeStripper {
  #worker: StripWorker | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  /** Erases the types of a source and keeps every position: what is erased becomes spaces. */
  strip(source: string): Promise<StripAnswer> {
    return this.#inTurn(() => this.#strip(source));
  }

  check(source: string, options: ScriptOptions): Promise<CheckAnswer> {
    return this.#inTurn(async () => {
      const answer = await this.#ask({ check: options, source });
      if (answer === undefined || !("stack" in answer)) return { type: "gaveUp" };
      return { type: "checked", stack: answer.stack };
    });
  }

  #inTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#last.then(async () => {
      clearTimeout(this.#idle);
      const given = await ask();
      this.#idle = setTimeout(() => this.#end(), idleMs).unref();
      return given;
    });
    this.#last = answer;
    return answer;
  }

  async #strip(source: string): Promise<StripAnswer> {
    const answer = await this.#ask({ source });
    const refused = answer !== undefined && "refused" in answer ? answer.refused : undefined;
    // Columns are counted as a terminal shows them; a source of narrow characters has true ones.
    const narrow = refused === undefined ? source : toNarrow(source);
    const again = narrow === source ? answer : await this.#ask({ source: narrow });
    if (answer === undefined || "stack" in answer) return { type: "gaveUp" };
    if ("code" in answer) return { type: "stripped", source: answer.code };
    const exact = again !== undefined && "refused" in again ? again.refused : answer.refused;
    const isSame = exact.startLine === answer.refused.startLine;
    return { type: "refused", problem: toProblem(isSame ? exact : answer.refused) };
  }

  /** Undefined where the worker did not answer; it is gone then. */
  async #ask(question: WorkerQuestion): Promise<WorkerAnswer | undefined> {
    try {
      this.#worker ??= await StripWorker.start();
      return await this.#worker.ask(question);
    } catch {
      this.#end();
      return undefined;
    }
  }

  #end(): void {
    this.#worker?.end();
    this.#worker = undefined;
  }
}

/** One worker, asked one thing at a time. It keeps the process alive only while it is asked. */
class StripWorker {
  readonly #worker: Worker;
  #settle: (answer: unknown, error?: unknown) => void = () => {};

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer) => this.#settle(answer));
    worker.on("error", (error) => this.#settle(undefined, error));
    worker.on("exit", () => this.#settle(undefined, new Error("The worker has ended.")));
  }

  static async start(): Promise<StripWorker> {
    const worker = new StripWorker(
      new (builtin("node:worker_threads").Worker)(workerProgram, {
        eval: true,
        execArgv: packageFlags(),
        env: {},
        resourceLimits: { maxOldGenerationSizeMb: heapMiB },
        workerData: eraserFile(),
      }),
    );
    try {
      await worker.#next(startMs);
      return worker;
    } catch (error) {
      worker.end();
      throw error;
    }
  }

  ask(question: WorkerQuestion): Promise<WorkerAnswer> {
    const answer = this.#next(answerMs);
    this.#worker.postMessage(question);
    return answer as Promise<WorkerAnswer>;
  }

  end(): void {
    void this.#worker.terminate();
  }

  #next(timeoutMs: number): Promise<unknown> {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => this.#settle(undefined, new Error(`No answer within ${timeoutMs} ms.`)),
        timeoutMs,
      );
      this.#settle = (answer, error) => {
        clearTimeout(deadline);
        this.#worker.unref();
        if (error === undefined) resolve(answer);
        else reject(error);
      };
    });
  }
}

const stripper = new TypeStripper();

/** Erases the types of an ES module; never rejects. */
export function stripTypes(source: string): Promise<StripAnswer> {
  return stripper.strip(source);
}

const bodyStart = "async()=>{";
const bodyEnd = "\n}";

/** The same of a source that is the body of an async function, so that it may have a `return`. */
export async function stripTypesOfBody(source: string): Promise<StripAnswer> {
  const hasInterpreter = source.startsWith("#!");
  const body = hasInterpreter ? `//${source.slice(2)}` : source;
  const answer = await stripper.strip(bodyStart + body + bodyEnd);
  if (answer.type === "refused") {
    const { problem } = answer;
    const column = problem.line === 1 ? problem.column - bodyStart.length : problem.column;
    return { type: "refused", problem: { ...problem, column } };
  }
  if (answer.type !== "stripped") return answer;
  const stripped = answer.source.slice(bodyStart.length, -bodyEnd.length);
  return { type: "stripped", source: hasInterpreter ? `#!${stripped.slice(2)}` : stripped };
}

/** Asks the engine, in the worker, whether a script parses; never rejects. */
export function checkScript(source: string, options: ScriptOptions): Promise<CheckAnswer> {
  return stripper.check(source, options);
}

function toProblem(refused: {
  readonly isUnsupported: boolean;
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}): TypeScriptProblem {
  return {
    kind: refused.isUnsupported ? "unsupported" : "invalid",
    message: refused.message,
    line: refused.startLine,
    column: refused.startColumn + 1,
  };
}

/** The same syntax in characters that are one column wide each. */
function toNarrow(source: string): string {
  return source.replace(/[\t\u2028\u2029\u3000\ufeff]/g, " ").replace(/[\u0100-\uffff]/g, "_");
}
