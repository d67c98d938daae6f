import { type CellOutcome, type CodeMode, createCodeMode, type Session } from "../../src/index.js";
import { CaseCell } from "./case-cell.js";
import { CaseHost } from "./case-host.js";
import type {
  CaseRecord,
  Count,
  ExecStep,
  RecordedCase,
  Step,
  StepRecord,
  StoredRecord,
} from "./recorded-case.js";
import { toRefusal, toStepRecord } from "./step-record.js";

/**
 * Runs a case in a session of its own and writes down what it shows.
 *
 * @param codeMode - Where its cells live. Default: on threads.
 */
export async function runCase(
  recordedCase: RecordedCase,
  codeMode: CodeMode = createCodeMode(),
): Promise<CaseRecord> {
  const run = new CaseRun(recordedCase, codeMode);
  try {
    return await run.record();
  } finally {
    await run.session.close();
  }
}

class CaseRun {
  readonly session: Session;
  readonly #case: RecordedCase;
  readonly #host = new CaseHost();
  readonly #cells: CaseCell[] = [];
  /** Those whose first response was not awaited. */
  readonly #background: CaseCell[] = [];

  constructor(recordedCase: RecordedCase, codeMode: CodeMode) {
    this.#case = recordedCase;
    const { maxYieldTimeMs, maxHeapSizeBytes } = recordedCase.session ?? {};
    this.session = codeMode.openSession({
      deadlock: "wait",
      webGlobals: false,
      maxYieldAfterMs: maxYieldTimeMs,
      limits: { heapBytes: maxHeapSizeBytes },
      onNotify: this.#host.onNotify,
    });
  }

  async record(): Promise<CaseRecord> {
    const { source = "", steps, yield_ms, max_output_tokens, stored } = this.#case;
    const only = { op: "exec", source, yield_ms, max_output_tokens } as Step;
    const records: StepRecord[] = [];
    for (const step of steps ?? [only]) records.push(...(await this.#take(step)));
    while (this.#background.length > 0) records.push(...(await this.#take({ op: "join" })));
    const { calls, notifications, cancelled } = this.#host;
    return {
      steps: records,
      calls: this.#summarised(calls),
      notifications: this.#summarised(notifications),
      ...(stored !== undefined && { stored: await this.#readStored(stored) }),
      ...(cancelled.length > 0 && { cancelled }),
    };
  }

  #summarised<Item>(items: readonly Item[]): readonly Item[] | Count {
    return this.#case.summary && items.length > 0 ? { count: items.length } : items;
  }

  async #take(step: Step): Promise<readonly StepRecord[]> {
    switch (step.op) {
      case "exec":
        return this.#exec(step);
      case "wait": {
        const { cell, id } = await this.#find(step.cell);
        const outcome = await this.session.wait(id, { yieldAfterMs: step.yield_ms });
        return [this.#observed(step.op, outcome, cell)];
      }
      case "terminate": {
        const { cell, id } = await this.#find(step.cell);
        return [this.#observed(step.op, await this.session.terminate(id), cell)];
      }
      case "sleep":
        await this.#cells.at(-1)?.news();
        return [];
      case "yield":
        await this.session.yieldNow((await this.#find(undefined)).id);
        return [];
      case "cancel":
        this.#cells.at(-1)?.cancel();
        return [];
      case "join": {
        const cell = this.#background.shift();
        return cell === undefined ? [] : [this.#observed(step.op, await cell.first, cell)];
      }
      case "shutdown":
        await this.session.close();
        return [{ op: step.op, answer: "session/closed" }];
    }
  }

  async #exec(step: ExecStep): Promise<readonly StepRecord[]> {
    const tools = this.#case.tools?.map((tool) => this.#host.toTool(tool));
    const cell = new CaseCell(this.session, step.source, { tools, yieldAfterMs: step.yield_ms });
    this.#cells.push(cell);
    if (step.background) {
      this.#background.push(cell);
      return [];
    }
    try {
      return [this.#observed("exec", await cell.first, cell, step.max_output_tokens)];
    } catch (thrown) {
      return [toRefusal("exec", thrown)];
    }
  }

  /** A cell by its place among those started, the last by default, or by a literal id. */
  async #find(
    which: number | string | undefined,
  ): Promise<{ readonly cell?: CaseCell; readonly id: string }> {
    if (typeof which === "string") return { id: which };
    const cell = this.#cells.at(which ?? -1);
    if (cell === undefined) throw new Error(`The case has started no cell ${which}.`);
    return { cell, id: await cell.id };
  }

  #observed(
    op: string,
    outcome: CellOutcome,
    cell: CaseCell | undefined,
    maxOutputTokens?: number,
  ): StepRecord {
    cell?.seen(outcome);
    const { session, summary } = this.#case;
    return toStepRecord(outcome, {
      op,
      isSummary: summary ?? false,
      truncateTokens: session?.outputTruncation === "server" ? maxOutputTokens : undefined,
    });
  }

  async #readStored(keys: readonly string[]): Promise<Readonly<Record<string, StoredRecord>>> {
    const source = `for (const key of ${JSON.stringify(keys)}) {
      const value = load(key);
      text({ key, record: value === undefined ? { missing: true } : { value } });
    }`;
    const outcome = await this.session.exec(source);
    if (outcome.status !== "completed") throw new Error("Reading back failed.");
    const entries = outcome.output.flatMap((item) =>
      item.type === "text" ? [JSON.parse(item.text) as { key: string; record: StoredRecord }] : [],
    );
    return Object.fromEntries(entries.map(({ key, record }) => [key, record]));
  }
}
