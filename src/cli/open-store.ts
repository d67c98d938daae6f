import { refuseSealed } from "../durable/sealed.js";
import type { DurableStore } from "../sqlite.js";
import { readSealKeys } from "./seal-keys.js";

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
  const { sealedStore, sqliteStore } = await import("../sqlite.js");
  const store = sqliteStore(file, { readOnly });
  return keys === undefined ? store : sealedStore(store, keys);
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
    for (const { body } of records) refuseSealed(body, `The store ${options.store}`);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
