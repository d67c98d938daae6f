import { CodeModeError } from "../base/errors.js";
import { DurableCell } from "../durable/durable-cell.js";
import type { DurableCounters } from "../durable/durable-counters.js";
import { DurableJournal, type JournalPlace } from "../durable/durable-journal.js";
import { EndedCell } from "../durable/ended-cell.js";
import { type KeptCell, readEntries, readKeptCell } from "../durable/kept-cell.js";
import type { OpenQuestions } from "../durable/open-questions.js";
import { Resumption } from "../durable/resumption.js";
import { refuseSealed } from "../durable/sealed.js";
import type { DurableStore } from "../durable/store.js";
import { CellClock } from "../journal/cell-clock.js";
import type { JournalWriter } from "../journal/entry.js";
import type { CellStarter } from "../protocol/cell-backend.js";
import type { LostCallPolicy } from "../protocol/lost-call.js";
import type { CellOutcome, OutputItem } from "../protocol/outcome.js";
import { newCellId, requestedCellId } from "./cell-ids.js";
import { DurableValues } from "./durable-values.js";
import type { Retention } from "./retention.js";

/** What all sessions of a runtime have in common. */
export interface DurableHost {
  readonly store: DurableStore;
  /** Of this runtime: who has a cell. */
  readonly host: string;
  /** Those of all its cells that nobody has answered. */
  readonly questions: OpenQuestions;
  readonly counters: DurableCounters;
  /** For how long they are kept. */
  readonly retention: Retention;
  /** Milliseconds for which a cell waits for nothing but approvals before it is parked. */
  readonly parkAfterMs: number;
  /** The cells that this runtime has. */
  readonly running: Set<string>;
}

/** Where a cell runs, and what its calls need. */
export interface DurableStart {
  readonly backend: CellStarter;
  readonly onLost: (tool: number) => LostCallPolicy;
  readonly write: JournalWriter | undefined;
  /** It is begun by a plan. */
  readonly isPlanned: boolean;
  /** Where it is traced: W3C Trace Context. */
  readonly trace: string | undefined;
  /** Its isolate is given up for a while. */
  readonly onParked: () => void;
  /** Resolves when it may have one again. */
  readonly onUnparking: () => Promise<void>;
}

/** A cell of an earlier process. */
export type FoundCell =
  | {
      readonly type: "open";
      readonly kept: KeptCell;
      /** One of these must be called. */
      readonly resume: Resume;
      readonly leave: () => Promise<void>;
    }
  | { readonly type: "ended"; readonly kept: KeptCell; readonly backend: EndedCell };

type Resume = (start: DurableStart) => DurableCell;

/** What was told of one cell. */
interface Told {
  readonly journal: DurableJournal | undefined;
  output: number;
  logs: number;
}

/** After so many times that a cell was not brought to where it was, it is given up. */
const maxVainEpochs = 3;

/** The durable cells of one session. */
export class DurableCells {
  readonly #host: DurableHost;
  readonly #sessionId: string;
  readonly #values: DurableValues;
  readonly #told = new Map<string, Told>();
  /** What the ids of the other sessions begin with whose cells it finds; undefined where it finds none. */
  #othersPrefix: string | undefined;

  constructor(host: DurableHost, sessionId: string) {
    this.#host = host;
    this.#sessionId = sessionId;
    this.#values = new DurableValues(host.store, sessionId);
  }

  /** As `DurableValues.load`. */
  load(): Promise<readonly string[]> {
    const loaded = this.#values.load();
    this.#host.retention.sweep();
    return loaded;
  }

  /** As `DurableValues.reload`. */
  reload(): Promise<readonly string[] | undefined> {
    this.#host.retention.sweep();
    return this.#values.reload();
  }

  /** @param requestId - Gives the same id each time. */
  newId(requestId: string | undefined): string {
    return requestId === undefined ? newCellId() : requestedCellId(this.#sessionId, requestId);
  }

  /**
   * The source with which a cell began; undefined where the store has no such cell.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE, ERR_STORE_KEY.
   */
  async begun(cellId: string): Promise<{ readonly source: string | undefined } | undefined> {
    const opened = await this.#openedOf(cellId);
    if (opened === undefined) return undefined;
    const { source } = opened;
    return { source: typeof source === "string" ? source : undefined };
  }

  /**
   * The names of the tools with which a cell began; undefined where the store has no such cell.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE, ERR_STORE_KEY.
   */
  async toolsOf(cellId: string): Promise<readonly string[] | undefined> {
    const { tools } = (await this.#openedOf(cellId)) ?? {};
    if (!Array.isArray(tools)) return undefined;
    return tools.map(({ name }: { readonly name?: unknown }) => String(name));
  }

  async #openedOf(
    cellId: string,
  ): Promise<{ readonly source?: unknown; readonly tools?: unknown } | undefined> {
    const [first] = await this.#host.store.read(cellId, 0, 1);
    if (first === undefined) return undefined;
    if (first.kind !== "opened") return {};
    refuseSealed(first.body, `A record of the cell ${cellId}`);
    return JSON.parse(first.body);
  }

  /** Whether a session of this runtime runs the cell: one whose end is told may have an isolate for a while yet. */
  async isRunning(cellId: string): Promise<boolean> {
    const { running, store } = this.#host;
    if (!running.has(cellId)) return false;
    const row = await store.find(cellId);
    return row === undefined || row.status === "open";
  }

  /** Finds cells of other sessions too, if their ids begin with this. */
  findAll(prefix: string): void {
    this.#othersPrefix = prefix;
  }

  #finds(sessionId: string): boolean {
    return this.#othersPrefix !== undefined && sessionId.startsWith(this.#othersPrefix);
  }

  /** A cell that is new. */
  make(cellId: string, start: DurableStart): DurableCell {
    return this.#make(cellId, start, undefined, undefined);
  }

  /**
   * A cell of an earlier process that this session may have; undefined where there is none.
   *
   * @param after - Output items that who asks has.
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; ERR_INVALID_JOURNAL; ERR_CELL_BUSY where another runtime or
   *   session has it.
   */
  async find(cellId: string, after: number | undefined): Promise<FoundCell | undefined> {
    const { store } = this.#host;
    const row = await store.find(cellId);
    if (row === undefined) return undefined;
    const { sessionId } = row;
    if (sessionId !== this.#sessionId && !this.#finds(sessionId)) return undefined;
    const ids = { cellId, sessionId };
    if (row.status === "open") {
      const found = await this.#claim(ids, after);
      if (found !== "ended") return found;
    }
    const kept = await readKeptCell(store, { ...ids, records: row.records });
    this.#told.set(cellId, {
      journal: undefined,
      output: after ?? kept.told.output,
      logs: kept.told.logs,
    });
    return { type: "ended", kept, backend: new EndedCell(kept, after) };
  }

  /** Notes what an outcome tells, and adds what its reader asks for besides. */
  async tell<Outcome extends CellOutcome>(
    outcome: Outcome,
    after: number | undefined,
  ): Promise<Outcome> {
    const told = this.#told.get(outcome.cellId);
    if (told === undefined || outcome.status === "missing") return outcome;
    const from = told.output;
    const isLost = outcome.status === "failed" && outcome.error.code === "ERR_CELL_STORE";
    const durable = isLost ? told.journal?.durable : undefined;
    // Of a cell that could not be written, what is not durable may be another time.
    const news = {
      output: outcome.output.slice(0, durable && Math.max(0, durable.output - from)),
      logs: outcome.logs.slice(0, durable && Math.max(0, durable.logs - told.logs)),
    };
    told.output += news.output.length;
    told.logs += news.logs.length;
    if (outcome.status === "yielded") {
      const { output, logs } = told;
      told.journal?.push({ kind: "told", output, logs });
    }
    // Who asks may have more of a lost cell: from the runtime that has gone on with it.
    const cursor = isLost ? Math.max(told.output, after ?? 0) : told.output;
    if (outcome.status !== "yielded") this.#told.delete(outcome.cellId);
    if (after === undefined || after === from) return { ...outcome, ...news, cursor };
    const output =
      after > from
        ? news.output.slice(after - from)
        : [...(await this.#earlier(outcome.cellId, after, from)), ...news.output];
    return { ...outcome, ...news, output, cursor };
  }

  /** Whether a cell that has yielded is still this runtime's, as its store says. */
  async isOwn(cellId: string): Promise<boolean> {
    const written = this.#told.get(cellId)?.journal?.flushed();
    return (
      written === undefined ||
      written.then(
        () => true,
        () => false,
      )
    );
  }

  async #claim(
    ids: { readonly cellId: string; readonly sessionId: string },
    after: number | undefined,
  ): Promise<FoundCell | "ended" | undefined> {
    const { cellId } = ids;
    const { store, host, running } = this.#host;
    if (running.has(cellId)) throw busy(cellId);
    // From here on no other session of this runtime takes it.
    running.add(cellId);
    let epoch: number | undefined;
    const leave = async (): Promise<void> => {
      running.delete(cellId);
      // Who claims it next finds that nobody runs it.
      if (epoch !== undefined) await store.release(cellId, epoch).catch(() => {});
    };
    try {
      const claim = await store.claim(cellId, host);
      if (claim.type === "owned") throw busy(cellId);
      if (claim.type !== "claimed") {
        await leave();
        return claim.type === "ended" ? "ended" : undefined;
      }
      epoch = claim.epoch;
      const kept = await readKeptCell(store, { ...ids, records: claim.seq });
      // Another host has claimed it meanwhile, and gone on with it; it may have ended.
      if (kept.records > claim.seq) throw busy(cellId);
      return { type: "open", kept, leave, resume: this.#resumption(kept, claim, after) };
    } catch (thrown) {
      await leave();
      throw thrown;
    }
  }

  #resumption(
    kept: KeptCell,
    at: { readonly epoch: number; readonly seq: number },
    after: number | undefined,
  ): Resume {
    const vainEpochs = at.epoch - kept.epoch - 1;
    const { written, emitted } = kept;
    const countOf = (kind: string): number =>
      emitted.reduce((count, entry) => count + (entry.kind === kind ? 1 : 0), 0);
    return (start) => {
      const resumption = new Resumption(kept, after);
      const place = { ...at, written, output: countOf("out"), logs: countOf("log") };
      const cell = this.#make(kept.opened.cellId, start, place, resumption);
      if (vainEpochs >= maxVainEpochs) cell.giveUp(vainEpochs);
      return cell;
    };
  }

  #make(
    cellId: string,
    { backend, onLost, write, isPlanned, trace, onParked, onUnparking }: DurableStart,
    at: JournalPlace | undefined,
    resumption: Resumption | undefined,
  ): DurableCell {
    const { store, host, running, questions, counters, parkAfterMs } = this.#host;
    const sessionId = resumption?.kept.sessionId ?? this.#sessionId;
    const clock = new CellClock(resumption?.lastTime);
    const journal = new DurableJournal({
      ...{ store, cellId, sessionId, host, counters, clock, at, write },
    });
    this.#told.set(cellId, {
      journal,
      output: resumption?.after ?? 0,
      logs: resumption?.kept.told.logs ?? 0,
    });
    running.add(cellId);
    const onOver = (): void => void running.delete(cellId);
    return new DurableCell({
      cellId,
      backend,
      journal,
      clock,
      questions,
      counters,
      isPlanned,
      trace,
      parkAfterMs,
      read: () => readKeptCell(store, { cellId, sessionId }),
      onParked,
      onUnparking,
      resumption,
      onLost,
      onOver,
    });
  }

  async #earlier(cellId: string, from: number, to: number): Promise<readonly OutputItem[]> {
    const entries = await readEntries(this.#host.store, { cellId, sessionId: this.#sessionId });
    return entries.flatMap((entry) => (entry.kind === "out" ? [entry.item] : [])).slice(from, to);
  }
}

export function busy(cellId: string): CodeModeError {
  return new CodeModeError(
    "ERR_CELL_BUSY",
    `Cell ${cellId} runs in another session or runtime, of this process or another; wait there.`,
  );
}
