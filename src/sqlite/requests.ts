import type {
  AppendResult,
  CellQuery,
  ClaimResult,
  DecideResult,
  Forgotten,
  JournalPosition,
  NewCell,
  SessionQuery,
  StoredApproval,
  StoredApprovalQuery,
  StoredCell,
  StoredDecision,
  StoredEnd,
  StoredRecord,
  StoredSession,
} from "../durable/store.js";
import type { PackedRecords } from "./packed-records.js";

/** What a store asks of its worker. Writes of one message are one transaction. */
export type StoreRequest =
  | {
      readonly type: "create";
      readonly cell: Omit<NewCell, "records">;
      readonly records: PackedRecords;
      readonly at: number;
    }
  | {
      readonly type: "append";
      readonly at: JournalPosition;
      readonly records: PackedRecords;
      readonly end: StoredEnd | undefined;
    }
  | {
      readonly type: "claim";
      readonly cellId: string;
      readonly host: string;
      /** The hosts of this process; others of the file's are gone. */
      readonly living: readonly string[];
    }
  | { readonly type: "release"; readonly cellId: string; readonly epoch: number }
  | { readonly type: "forget"; readonly what: Forgotten; readonly living: readonly string[] }
  | {
      readonly type: "read";
      readonly cellId: string;
      readonly from: number;
      readonly limit: number;
    }
  | { readonly type: "find"; readonly cellId: string }
  | { readonly type: "cells"; readonly query: CellQuery }
  | { readonly type: "sessions"; readonly query: SessionQuery }
  | { readonly type: "decide"; readonly approvalId: string; readonly decision: StoredDecision }
  | { readonly type: "approvals"; readonly query: StoredApprovalQuery }
  | { readonly type: "values"; readonly sessionId: string };

/** What each request is answered with. */
export interface StoreAnswers {
  readonly create: undefined;
  readonly append: AppendResult;
  readonly claim: ClaimResult;
  readonly release: undefined;
  readonly forget: number;
  readonly read: readonly StoredRecord[];
  readonly find: StoredCell | undefined;
  readonly cells: readonly StoredCell[];
  readonly sessions: readonly StoredSession[];
  readonly decide: DecideResult;
  readonly approvals: readonly StoredApproval[];
  readonly values: readonly string[];
}

/** The requests that wait, as one message. */
export type ToWorker =
  | { readonly type: "requests"; readonly requests: readonly StoreRequest[] }
  | { readonly type: "close" };

export type FromWorker =
  /** In the order of the requests. */
  | { readonly type: "answers"; readonly answers: readonly unknown[] }
  /** None of them was done. */
  | { readonly type: "failed"; readonly failure: StoreFailure }
  | { readonly type: "closed" };

export interface StoreFailure {
  readonly code: "ERR_STORE_UNAVAILABLE" | "ERR_PACKAGE_MISSING";
  readonly message: string;
}

/** What a worker is started with. */
export interface WorkerSetup {
  readonly file: string;
  readonly readOnly: boolean;
  readonly sync: "full" | "normal";
}
