import { CodeModeError } from "../base/errors.js";
import { truncateOutput } from "../model/format-outcome.js";
import type { CellOutcome } from "../protocol/outcome.js";
import type { CodeMode } from "../session/code-mode.js";
import type { Session } from "../session/session.js";
import { CellRun, toSessionTools } from "./cell-run.js";
import { HostError } from "./host-error.js";
import { ToolCatalog } from "./tool-catalog.js";
import type {
  ExecuteRequest,
  Observed,
  OpenRequest,
  SessionClient,
  WaitRequest,
  WireTool,
} from "./wire.js";

/** What ends an observation early. */
export interface ObservationSignals {
  /** Ends it as yielded; the cell continues. */
  readonly yieldSignal: AbortSignal;
  /** Of an Execute: ends the cell. Of a Wait: ends the wait with an error; the cell continues. */
  readonly signal: AbortSignal;
}

/** One session of a client, the same for each wire. */
export class HostSession {
  readonly id: string;
  readonly #session: Session;
  readonly #client: SessionClient;
  readonly #truncates: boolean;
  readonly #catalog = new ToolCatalog();
  /** The cells whose end the client has not been told. */
  readonly #runs = new Map<string, CellRun>();
  #tools: readonly WireTool[] = [];

  constructor(codeMode: CodeMode, request: OpenRequest, client: SessionClient) {
    const { id, maxYieldAfterMs, heapBytes, truncates } = request;
    this.id = id;
    this.#client = client;
    this.#truncates = truncates;
    this.#session = codeMode.openSession({
      id,
      // With 0 every observation would yield at once.
      ...(maxYieldAfterMs !== undefined && { maxYieldAfterMs: Math.max(1, maxYieldAfterMs) }),
      ...(heapBytes !== undefined && {
        limits: { heapBytes: Math.min(greatestHeapBytes, Math.max(leastHeapBytes, heapBytes)) },
      }),
      onNotify: ({ cellId, text }) => this.#runs.get(cellId)?.notify(text),
    });
  }

  /**
   * Runs a program until it ends or yields.
   *
   * @param onStarted - Called with the cell's id before this returns.
   * @throws {HostError}
   */
  async execute(
    request: ExecuteRequest,
    { yieldSignal, signal }: ObservationSignals,
    onStarted: (cellId: string) => void,
  ): Promise<Observed> {
    const began = performance.now();
    const tools = this.#catalog.toolsOf(request);
    const run = new CellRun(this.#client, request);
    if (tools !== this.#tools) {
      this.#setTools(tools);
    }
    const observed = this.#answer(
      this.#session.exec(request.source, {
        ...(request.yieldAfterMs !== undefined && { yieldAfterMs: request.yieldAfterMs }),
        yieldSignal,
        signal,
        context: run,
        onCellId: (cellId) => {
          run.started(cellId);
          this.#runs.set(cellId, run);
        },
      }),
      { began, cellId: () => run.cellId, maxOutputTokens: request.maxOutputTokens },
    );
    if (run.cellId !== "") onStarted(run.cellId);
    return observed;
  }

  /** @throws {HostError} */
  wait(
    { cellId, yieldAfterMs, maxOutputTokens }: WaitRequest,
    signals: ObservationSignals,
  ): Promise<Observed> {
    const began = performance.now();
    return this.#answer(this.#session.wait(cellId, { yieldAfterMs, ...signals }), {
      began,
      cellId: () => cellId,
      maxOutputTokens,
    });
  }

  /** @throws {HostError} */
  terminate(cellId: string, maxOutputTokens?: number): Promise<Observed> {
    const began = performance.now();
    return this.#answer(this.#session.terminate(cellId), {
      began,
      cellId: () => cellId,
      maxOutputTokens,
    });
  }

  /** Ends every cell, and resolves when their threads are gone and the client has been told. */
  async close(): Promise<void> {
    await this.#session.close();
    for (const cellId of [...this.#runs.keys()]) this.#close(cellId, true);
  }

  async #answer(
    observation: Promise<CellOutcome>,
    request: {
      readonly began: number;
      readonly cellId: () => string;
      readonly maxOutputTokens: number | undefined;
    },
  ): Promise<Observed> {
    const askedAt = Date.now();
    try {
      const outcome = await observation;
      if (outcome.status !== "yielded")
        this.#close(outcome.cellId, outcome.status === "terminated");
      const errorText = errorTextOf(outcome);
      const output = outcome.status === "missing" ? [] : outcome.output;
      const endedAt = "endedAt" in outcome ? outcome.endedAt : askedAt;
      return {
        outcome,
        items: this.#truncates
          ? truncateOutput(output, {
              maxOutputTokens: request.maxOutputTokens ?? this.#session.maxOutputTokens,
              errorText,
            })
          : output,
        errorText,
        durationNs: toNs(performance.now() - request.began),
        bufferedForNs: toNs(Math.max(0, askedAt - endedAt)),
      };
    } catch (thrown) {
      throw this.#toHostError(thrown, request.cellId());
    }
  }

  /** @throws {HostError} */
  #setTools(tools: readonly WireTool[]): void {
    try {
      this.#session.setTools(toSessionTools(tools));
    } catch (thrown) {
      throw this.#toHostError(thrown, "");
    }
    this.#tools = tools;
  }

  #close(cellId: string, isTerminated: boolean): void {
    const run = this.#runs.get(cellId);
    if (run === undefined) return;
    this.#runs.delete(cellId);
    run.close({ isTerminated });
  }

  #toHostError(thrown: unknown, cellId: string): HostError {
    if (thrown instanceof HostError) return thrown;
    if (!(thrown instanceof CodeModeError))
      return new HostError("internal", String(thrown), { cause: thrown });
    switch (thrown.code) {
      case "ERR_CELL_BUSY":
        return new HostError("refused", `exec cell ${cellId} already has an active observer`);
      case "ERR_SESSION_CLOSED":
        return new HostError("unknown", `unknown code-mode session ${this.id}`);
      case "ERR_QUEUE_FULL":
      case "ERR_TOO_MANY_ORPHANS":
      case "ERR_THREAD_START":
        this.#close(cellId, true);
        return new HostError("exhausted", thrown.message, { cause: thrown });
      default:
        this.#close(cellId, true);
        return new HostError("invalid", thrown.message, { cause: thrown });
    }
  }
}

/** A smaller heap cannot hold the engine's own objects. */
const leastHeapBytes = 1024 * 1024;
/** No session takes a higher limit. */
const greatestHeapBytes = 2 ** 40;

/** The engine's own text for a failed tool is the tool's alone, as models know it. */
function errorTextOf(outcome: CellOutcome): string | undefined {
  if (outcome.status === "failed") {
    const { name, message, text } = outcome.error;
    return name === "ToolError" ? message : text;
  }
  return outcome.status === "missing" ? `exec cell ${outcome.cellId} not found` : undefined;
}

function toNs(ms: number): number {
  return Math.round(ms * 1e6);
}
