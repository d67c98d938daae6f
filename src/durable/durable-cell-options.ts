import type { CellClock } from "../journal/cell-clock.js";
import type { CellStarter } from "../protocol/cell-backend.js";
import type { LostCallPolicy } from "../protocol/lost-call.js";
import type { DurableCounters } from "./durable-counters.js";
import type { DurableJournal } from "./durable-journal.js";
import type { KeptCell } from "./kept-cell.js";
import type { OpenQuestions } from "./open-questions.js";
import type { Resumption } from "./resumption.js";

export interface DurableCellOptions {
  readonly cellId: string;
  /** Where it runs. */
  readonly backend: CellStarter;
  readonly journal: DurableJournal;
  readonly clock: CellClock;
  readonly questions: OpenQuestions;
  readonly counters: DurableCounters;
  /** It is begun by a plan. */
  readonly isPlanned: boolean;
  /** Where it is traced, for its journal. */
  readonly trace: string | undefined;
  /** Milliseconds for which it waits for nothing but decisions before its isolate is given up. */
  readonly parkAfterMs: number;
  /** What the store has of it. */
  readonly read: () => Promise<KeptCell>;
  /** Its isolate is given up until a decision comes. */
  readonly onParked: () => void;
  /** Resolves when it may have an isolate again. */
  readonly onUnparking: () => Promise<void>;
  /** Undefined for a cell that is new. */
  readonly resumption: Resumption | undefined;
  /** What becomes of a call of a tool, by its index, that was lost. */
  readonly onLost: (tool: number) => LostCallPolicy;
  /** Its isolate is gone, and this host has it no more. */
  readonly onOver: () => void;
}
