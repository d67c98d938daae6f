export type {
  AppendResult,
  CellQuery,
  ClaimResult,
  DurableStore,
  Forgotten,
  JournalPosition,
  NewCell,
  StoredCell,
  StoredEnd,
  StoredRecord,
} from "./durable/store.js";
export { type SqliteStoreOptions, sqliteStore } from "./sqlite/sqlite-store.js";
