import { refuseSealed } from "../durable/sealed.js";
import type { DurableStore } from "../sqlite.js";
import { readSealKeys } from "./seal-keys.js";
import { isPostgresUrl, shownStore } from "./store-names.js";

/** The options of every command that opens a store. */
export interface StoreOptions {
  readonly store: string;
  /** A file with the keys that encrypt it. */
  readonly sealKeys?: string;
}

/** @throws {UsageError} If the keys cannot be read. */
export async function openStore(
  { store: file, sealKeys }: StoreOptions,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<DurableStore> {
  const keys = await readSealKeys(sealKeys);
  const { sealedStore } = await import("../sqlite.js");
  const store = await openUnsealed(file, readOnly);
  return keys === undefined ? store : sealedStore(store, keys);
}

/** The one place that knows which kinds of stores there are. */
async function openUnsealed(name: string, readOnly: boolean): Promise<DurableStore> {
  if (isPostgresUrl(name)) {
    const { postgresStore } = await import("../postgres.js");
    return postgresStore(name, { readOnly });
  }
  const { sqliteStore } = await import("../sqlite.js");
  return sqliteStore(name, { readOnly });
}

/**
 * Opens a store to run cells, and looks whether it and its keys can be used: what is wrong is told before
 * anything runs.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; ERR_STORE_KEY; ERR_INVALID_JOURNAL.
 * @throws {UsageError} If the keys cannot be read.
 */
export async function openUsableStore(options: StoreOptions): Promise<DurableStore> {
  const store = await openStore(options);
  try {
    const [cell] = await store.cells({ limit: 1 });
    const records = cell === undefined ? [] : await store.read(cell.cellId, 0, 1);
    for (const { body } of records) refuseSealed(body, `The store ${shownStore(options.store)}`);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
