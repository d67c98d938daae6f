import { CodeModeError } from "../base/errors.js";
import type { JournalEntry } from "../journal/entry.js";
import { checkEntry } from "../journal/read-journal.js";
import { type ReadJournal, takeApart } from "../journal/replay.js";
import type { StopCause } from "../protocol/cell-backend.js";
import type { KeptQuestion } from "../protocol/durable-calls.js";
import { checkedEndDetails } from "./end-details.js";
import { type EndDetails, isResumptionKind, type ResumptionRecord } from "./records.js";
import { refuseSealed } from "./sealed.js";
import type { DurableStore } from "./store.js";

/** What a store has of one cell, taken apart. */
export interface KeptCell extends ReadJournal {
  readonly sessionId: string;
  /** How often the tool of each call has begun, by the call. */
  readonly begun: ReadonlyMap<number, number>;
  /** What was asked last about each call, by the call. */
  readonly questions: ReadonlyMap<number, KeptQuestion>;
  /** It was begun by a plan. */
  readonly isPlanned: boolean;
  /** Items and lines that observers were told. */
  readonly told: { readonly output: number; readonly logs: number };
  /** Notifications that handlers were given. */
  readonly notified: number;
  /** What became of calls that were reverted, by the call. */
  readonly reverts: ReadonlyMap<number, KeptRevert>;
  /** Why it was asked to stop; undefined where it was not. */
  readonly stopped: StopCause | undefined;
  /** Undefined where it has not ended, or an older codecell has written its end. */
  readonly ending: EndDetails | undefined;
  /** The last epoch in which it has come as far as its journal. */
  readonly epoch: number;
  /** UTF-16 units of all its records. */
  readonly written: number;
  /** How many records its journal has. */
  readonly records: number;
}

/** `began`: the journal does not say how it ended. */
export interface KeptRevert {
  readonly state: "began" | "reverted" | "failed";
  readonly attempts: number;
}

/** Records that are read at a time. */
const pageSize = 1000;

/** A cell whose journal is read. */
export interface JournalOf {
  readonly cellId: string;
  readonly sessionId: string;
  /** How many records there must be at least. Default: 0. */
  readonly records?: number;
}

/**
 * Reads the entries of a cell's journal, without what only a resumption needs.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; ERR_STORE_KEY; ERR_INVALID_JOURNAL if a record cannot be read.
 */
export async function readEntries(
  store: DurableStore,
  of: JournalOf,
  onResumption?: (record: ResumptionRecord, seq: number) => void,
  onBody?: (body: string) => void,
): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const page of entryPages(store, of, onResumption, onBody)) entries.push(...page);
  return entries;
}

/**
 * The same, some entries at a time: a page is read when it is asked for. There is one at least.
 *
 * @throws {CodeModeError} As `readEntries`.
 */
export async function* entryPages(
  store: DurableStore,
  { cellId, sessionId, records = 0 }: JournalOf,
  onResumption: (record: ResumptionRecord, seq: number) => void = () => {},
  onBody: (body: string) => void = () => {},
): AsyncGenerator<readonly JournalEntry[]> {
  for (let from = 0; ; ) {
    const page = await store.read(cellId, from, pageSize);
    const entries: JournalEntry[] = [];
    for (const { seq, at, kind, body } of page) {
      if (seq !== from) throw damaged(cellId, from, "it is missing");
      from += 1;
      refuseSealed(body, `Record ${seq} of the cell ${cellId}`);
      onBody(body);
      const record = parse(body);
      if (record === undefined || record["kind"] !== kind) {
        throw damaged(cellId, seq, "it is not the JSON text that it must be");
      }
      if (isResumptionKind(kind)) onResumption(record as unknown as ResumptionRecord, seq);
      else entries.push(checkEntry({ ...record, sessionId, cellId, seq, at }, seq));
    }
    const isLast = page.length < pageSize;
    if (isLast && from < records) throw damaged(cellId, from, "it is missing");
    yield entries;
    if (isLast) return;
  }
}

/**
 * Reads what a store has of a cell.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; ERR_STORE_KEY; ERR_INVALID_JOURNAL if its journal cannot be read.
 */
export async function readKeptCell(store: DurableStore, ids: JournalOf): Promise<KeptCell> {
  const begun = new Map<number, number>();
  const questions = new Map<number, KeptQuestion>();
  const reverts = new Map<number, KeptRevert>();
  let told = { output: 0, logs: 0 };
  let notified = 0;
  let isPlanned = false;
  let stopped: StopCause | undefined;
  let ending: EndDetails | undefined;
  let epoch = 1;
  let written = 0;
  let records = 0;
  const onBody = (body: string): void => {
    written += body.length;
    records += 1;
  };
  const onResumption = (record: ResumptionRecord): void => {
    switch (record.kind) {
      case "began":
        begun.set(record.call, (begun.get(record.call) ?? 0) + 1);
        break;
      case "asked": {
        const { kind: _, call, approval: approvalId, ...question } = record;
        questions.set(call, { ...question, approvalId, decision: undefined });
        break;
      }
      case "decided": {
        const { kind: _, call, approval, decidedAt: at, ...decision } = record;
        const question = questions.get(call);
        if (question?.approvalId !== approval) break;
        questions.set(call, { ...question, decision: { ...decision, at } });
        break;
      }
      case "planned":
        isPlanned = true;
        break;
      case "told":
        told = record;
        break;
      case "notified":
        notified = record.count;
        break;
      case "reverting":
        reverts.set(record.call, { state: "began", attempts: record.attempt });
        break;
      case "reverted": {
        const attempts = reverts.get(record.call)?.attempts ?? 1;
        reverts.set(record.call, { state: record.ok ? "reverted" : "failed", attempts });
        break;
      }
      case "stopped":
        stopped = record;
        break;
      case "ending":
        ending = checkedEndDetails(record);
        break;
      case "resumed":
        epoch = record.epoch;
        break;
    }
  };
  const entries = await readEntries(store, ids, onResumption, onBody);
  const { sessionId } = ids;
  const of = {
    sessionId,
    begun,
    questions,
    isPlanned,
    told,
    notified,
    stopped,
    ending,
    epoch,
    written,
    records,
  };
  return { ...takeApart(entries), ...of, reverts };
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function damaged(cellId: string, seq: number, why: string): CodeModeError {
  return new CodeModeError(
    "ERR_INVALID_JOURNAL",
    `Record ${seq} of the cell ${cellId} cannot be read: ${why}.`,
  );
}
