/**
 * Keeps cells, their journals and the values of their sessions. `sqliteStore` of `codecell/sqlite` is one, and
 * `postgresStore` of `codecell/postgres` another.
 * Where a method rejects, it is with a `CodeModeError` ERR_STORE_UNAVAILABLE, and nothing of what it was to
 * write is there. `test/durable/store-contract.ts` says what a store must do.
 */
export interface DurableStore {
  /** Makes a cell with its first records, in one step. Durable when it resolves. */
  create(cell: NewCell): Promise<void>;
  /**
   * Adds records to a journal, all or none, in order, and only where its epoch and its length are what the
   * writer believes. Durable when it resolves.
   *
   * @param end - Ends the cell in the same step: its stored values become the session's.
   */
  append(
    at: JournalPosition,
    records: readonly StoredRecord[],
    end?: StoredEnd,
  ): Promise<AppendResult>;
  /** The records from a place on, at most `limit` of them; none where there are no more. */
  read(cellId: string, from: number, limit: number): Promise<readonly StoredRecord[]>;
  /** Takes a cell that has not ended and that no other living host has. Its epoch grows: who had it is fenced off. */
  claim(cellId: string, host: string): Promise<ClaimResult>;
  /** Gives a cell up, so that another host can claim it. Does nothing where it is somebody else's. */
  release(cellId: string, epoch: number): Promise<void>;
  find(cellId: string): Promise<StoredCell | undefined>;
  /** The cells, newest first. */
  cells(query?: CellQuery): Promise<readonly StoredCell[]>;
  /** The sessions that have cells, those with the newest cells first. */
  sessions(query?: SessionQuery): Promise<readonly StoredSession[]>;
  /**
   * Answers a question that a record asked, if nobody has answered it and its cell has not ended. Any
   * process may, also one that runs no cells of the store. Durable when it resolves.
   */
  decide(approvalId: string, decision: StoredDecision): Promise<DecideResult>;
  /** The questions that records asked, in the order in which they were asked. */
  approvals(query?: StoredApprovalQuery): Promise<readonly StoredApproval[]>;
  /** The stored values of a session: key, JSON text (of a sealed store another text), key, … */
  values(sessionId: string): Promise<readonly string[]>;
  /**
   * The same, where they may be others than those that the caller has: before each cell of a session that several
   * servers may serve. A store may leave this out; then they are read each time.
   *
   * @param version - Of those that the caller has. Default: it has none.
   */
  valuesSince?(sessionId: string, version: string | undefined): Promise<ValuesSince>;
  /**
   * Deletes a cell that has ended or that no living host has, or a session with its values and all such
   * cells, or everything that ended before a time (milliseconds since the epoch), or everything that has not ended,
   * that no living host has, and whose last record is from before a time.
   *
   * @returns How many cells were deleted.
   */
  forget(what: Forgotten): Promise<number>;
  /** Writes what is on its way, and gives the store up. Idempotent. */
  close(): Promise<void>;
}

/** `same`: they are those of the version that was given; else they have a version that no others of the session had. */
export type ValuesSince =
  | { readonly type: "same" }
  | { readonly type: "changed"; readonly version: string; readonly values: readonly string[] };

export interface NewCell {
  /** Unique in the store. */
  readonly cellId: string;
  readonly sessionId: string;
  /** Who runs it. */
  readonly host: string;
  /** From seq 0. */
  readonly records: readonly StoredRecord[];
  /** Where the cell has ended already. */
  readonly end?: StoredEnd | undefined;
}

/** Where a writer is in a journal. */
export interface JournalPosition {
  readonly cellId: string;
  /** 1 for who has made the cell, and one more with each claim. */
  readonly epoch: number;
  /** The place of the next record: how many there are. */
  readonly seq: number;
}

/** One entry of a journal as a store keeps it. */
export interface StoredRecord {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: string;
  /** JSON text, with `kind`; of a sealed store another text. Kept as it is: nobody else reads it. */
  readonly body: string;
  /** The id of the question that it asks, which `decide` answers. Only for what is written. */
  readonly asks?: string | undefined;
}

/** The answer to a question. */
export interface StoredDecision {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** JSON text; of a sealed store another text. */
  readonly body: string;
}

/** `alreadyDecided`: with the decision that holds; `ended`: its cell has ended, and nothing was decided. */
export type DecideResult =
  | { readonly type: "decided" }
  | { readonly type: "alreadyDecided"; readonly decision: StoredDecision }
  | { readonly type: "ended" }
  | { readonly type: "missing" };

/** A question, with the record that asked it. */
export interface StoredApproval {
  readonly approvalId: string;
  readonly cellId: string;
  readonly sessionId: string;
  readonly record: StoredRecord;
  /** Undefined where nobody has decided. */
  readonly decision: StoredDecision | undefined;
  /** Of the cell. */
  readonly hasEnded: boolean;
}

export interface StoredApprovalQuery {
  readonly approvalIds?: readonly string[] | undefined;
  readonly cellId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Only those of sessions whose ids begin with it. */
  readonly sessionPrefix?: string | undefined;
  /** Only those that nobody has decided and whose cells have not ended. */
  readonly isOpen?: boolean | undefined;
  /** Only those that come after the question with this id; none where the store does not have it. */
  readonly after?: string | undefined;
  /** Default: 1000. */
  readonly limit?: number | undefined;
}

/** How a cell ended. */
export interface StoredEnd {
  readonly status: "completed" | "failed" | "terminated";
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What it stored: key, JSON text, … */
  readonly writes: readonly string[];
}

/** `fenced`: another host has the cell, or its journal has grown; nothing was written. */
export type AppendResult = "appended" | "fenced";

export type ClaimResult =
  | { readonly type: "claimed"; readonly epoch: number; readonly seq: number }
  /** Another living host has it. */
  | { readonly type: "owned" }
  | { readonly type: "ended" }
  | { readonly type: "missing" };

export interface StoredCell {
  readonly cellId: string;
  readonly sessionId: string;
  /** `open`: it has not ended. */
  readonly status: "open" | StoredEnd["status"];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Undefined while it is open. */
  readonly endedAt: number | undefined;
  /** Of its journal. */
  readonly records: number;
  readonly epoch: number;
}

export interface CellQuery {
  readonly sessionId?: string | undefined;
  /** Only those of sessions whose ids begin with it. */
  readonly sessionPrefix?: string | undefined;
  /** Only those that have ended, or have not. */
  readonly state?: "open" | "ended" | undefined;
  /** Default: 1000. */
  readonly limit?: number | undefined;
}

/** A session with what it has in the store. */
export interface StoredSession {
  readonly sessionId: string;
  /** How many cells it has, and how many of them have not ended. */
  readonly cells: number;
  readonly open: number;
  /** When the newest of them was made: milliseconds since the epoch. */
  readonly lastCellAt: number;
}

export interface SessionQuery {
  /** Only those whose ids begin with it. */
  readonly sessionPrefix?: string | undefined;
  /** Only those that come after this place, which is that of a session in an earlier answer. */
  readonly after?: Pick<StoredSession, "lastCellAt" | "sessionId"> | undefined;
  /** Default: 1000. */
  readonly limit?: number | undefined;
}

export type Forgotten =
  | { readonly cellId: string }
  | { readonly sessionId: string }
  | { readonly endedBefore: number }
  | { readonly idleSince: number };
