import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { invalidOption } from "../base/option-checks.js";
import { shorten } from "../base/shorten.js";
import type { SettledRecord } from "../journal/entry.js";
import type { RevertedCall, RevertReport } from "../protocol/revert.js";
import { type KeptCell, type KeptRevert, readKeptCell } from "./kept-cell.js";
import type { ResumptionRecord } from "./records.js";
import type { DurableStore, StoredCell } from "./store.js";

/** A call that is reverted. */
export interface RevertibleCall {
  readonly call: number;
  readonly tool: string;
  /** What a person had the tool run with, or what the cell gave it. */
  readonly input: unknown;
  /** What the cell got. */
  readonly result: unknown;
  /** 1, and one more each time that it is tried again. */
  readonly attempt: number;
}

export interface RevertOptions {
  readonly store: DurableStore;
  /** Whether a tool can revert its calls; undefined where there is no such tool. */
  readonly canRevert: (tool: string) => boolean | undefined;
  readonly revert: (call: RevertibleCall) => Promise<void>;
  /** Whether a call is reverted again if an earlier process ended meanwhile. */
  readonly retriesLost: boolean;
}

/** UTF-16 units of an error that are kept. */
const maxErrorLength = 10_000;

/** Those of this process that are being reverted. */
const reverting = new WeakMap<DurableStore, Set<string>>();

/**
 * Reverts the calls of a cell that has ended, the last first, each once. Stops at the first that fails. What it
 * does is in the cell's journal before and after.
 *
 * @throws {CodeModeError} ERR_CELL_BUSY if the cell has not ended, or is being reverted; ERR_INVALID_OPTION if a tool
 *   is missing; ERR_STORE_UNAVAILABLE, ERR_STORE_KEY, ERR_INVALID_JOURNAL. If a tool is missing nothing was done.
 */
export async function revertCell(cell: StoredCell, options: RevertOptions): Promise<RevertReport> {
  const { cellId } = cell;
  if (cell.status === "open") {
    throw busy(cellId, "has not ended: wait for its end or terminate it, and revert it then");
  }
  const active = reverting.get(options.store) ?? new Set();
  reverting.set(options.store, active);
  if (active.has(cellId)) throw busy(cellId, "is being reverted");
  active.add(cellId);
  try {
    return await new Reverting(cell, await readKeptCell(options.store, cell), options).run();
  } finally {
    active.delete(cellId);
  }
}

/** A call that may have had an effect. */
interface EffectfulCall {
  readonly call: number;
  readonly tool: string;
  readonly input: unknown;
  /** Undefined if its tool threw, or its process ended while the tool ran. */
  readonly result: { readonly value: unknown } | undefined;
  readonly revert: KeptRevert | undefined;
}

type CallOutcome = Pick<RevertedCall, "status" | "error">;

class Reverting {
  readonly #cell: StoredCell;
  readonly #options: RevertOptions;
  readonly #calls: readonly EffectfulCall[];
  /** Of the next record. */
  #seq: number;

  constructor(cell: StoredCell, kept: KeptCell, options: RevertOptions) {
    this.#cell = cell;
    this.#options = options;
    this.#calls = effectfulCalls(kept);
    this.#seq = cell.records;
  }

  async run(): Promise<RevertReport> {
    for (const { tool, result } of this.#calls) {
      if (result !== undefined && this.#options.canRevert(tool) === undefined) {
        throw invalidOption("tools", `a source that has ${tool}, which the cell called`, undefined);
      }
    }
    const calls: RevertedCall[] = [];
    let isStopped = false;
    for (const call of this.#calls) {
      const outcome: CallOutcome = isStopped ? this.#untried(call) : await this.#revert(call);
      isStopped ||= outcome.status === "failed" || outcome.status === "lost";
      calls.push({ callId: `${this.#cell.cellId}-${call.call}`, tool: call.tool, ...outcome });
    }
    const isWhole = calls.every(({ status }) => status === "reverted");
    return { cellId: this.#cell.cellId, status: isWhole ? "reverted" : "incomplete", calls };
  }

  #untried({ tool, result, revert }: EffectfulCall): CallOutcome {
    if (result === undefined) return { status: "unknown" };
    if (revert?.state === "reverted") return { status: "reverted" };
    return { status: this.#options.canRevert(tool) ? "pending" : "irreversible" };
  }

  async #revert(effectful: EffectfulCall): Promise<CallOutcome> {
    const { call, tool, input, result, revert } = effectful;
    const untried = this.#untried(effectful);
    if (untried.status !== "pending" || result === undefined) return untried;
    if (revert?.state === "began" && !this.#options.retriesLost) return { status: "lost" };
    const attempt = (revert?.attempts ?? 0) + 1;
    await this.#write({ kind: "reverting", call, attempt });
    try {
      await this.#options.revert({ call, tool, input, result: result.value, attempt });
    } catch (thrown) {
      const error = shorten(describeThrown(thrown), maxErrorLength);
      await this.#write({ kind: "reverted", call, ok: false, error });
      return { status: "failed", error };
    }
    await this.#write({ kind: "reverted", call, ok: true });
    return { status: "reverted" };
  }

  async #write(record: ResumptionRecord): Promise<void> {
    const { cellId, epoch } = this.#cell;
    const body = JSON.stringify(record);
    const records = [{ seq: this.#seq, at: Date.now(), kind: record.kind, body }];
    const result = await this.#options.store.append({ cellId, epoch, seq: this.#seq }, records);
    if (result === "fenced") throw busy(cellId, "is being reverted elsewhere, or was deleted");
    this.#seq += 1;
  }
}

/** Those of which the journal says that their tool was about to run; that which was settled last is the first. */
function effectfulCalls(kept: KeptCell): readonly EffectfulCall[] {
  const settled = new Map<number, SettledRecord>();
  const places = new Map<number, number>();
  for (const entry of kept.commands) {
    if (entry.kind !== "settled") continue;
    settled.set(entry.call, entry);
    places.set(entry.call, places.size);
  }
  const calls: EffectfulCall[] = [];
  for (const entry of kept.emitted) {
    if (entry.kind !== "call" || !kept.begun.has(entry.call)) continue;
    const { call, tool, input } = entry;
    const given = kept.questions.get(call)?.decision?.input;
    calls.push({
      ...{ call, tool, result: resultOf(settled.get(call)), revert: kept.reverts.get(call) },
      input: given === undefined ? parse(input) : given,
    });
  }
  // What was never settled is the last.
  const placeOf = ({ call }: EffectfulCall): number => places.get(call) ?? places.size + call;
  return calls.sort((a, b) => placeOf(b) - placeOf(a));
}

function resultOf(settled: SettledRecord | undefined): EffectfulCall["result"] {
  if (!settled?.ok) return undefined;
  return { value: settled.isJson ? parse(settled.value) : settled.value };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const message =
      "The input or the result of a call in the journal is not the JSON text that it must be.";
    throw new CodeModeError("ERR_INVALID_JOURNAL", message, { cause });
  }
}

function busy(cellId: string, why: string): CodeModeError {
  return new CodeModeError("ERR_CELL_BUSY", `Cell ${cellId} ${why}.`);
}
