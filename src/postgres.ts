export type {
  CellOwner,
  ClusterStore,
  OrphanedCell,
  ServerInfo,
  ShareRequest,
  TenantShare,
} from "./durable/cluster-store.js";
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
export type {
  PostgresClient,
  PostgresPool,
  PostgresQuery,
  PostgresResult,
} from "./postgres/pool.js";
export { type PostgresStoreOptions, postgresStore } from "./postgres/postgres-store.js";
export type { SealKeys } from "./sealing/seal-keys.js";
export { sealedStore } from "./sealing/sealed-store.js";
