export type {
  AppendResult,
  CellQuery,
  ClaimResult,
  DecideResult,
  DurableStore,
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
  ValuesSince,
} from "./durable/store.js";
export type { SealKeys } from "./sealing/seal-keys.js";
export { sealedStore } from "./sealing/sealed-store.js";
export { type RekeyOptions, type RekeyReport, rekeyStore } from "./sqlite/rekey-store.js";
export { type SqliteStoreOptions, sqliteStore } from "./sqlite/sqlite-store.js";
