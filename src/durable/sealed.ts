import { CodeModeError } from "../base/errors.js";

/** What begins the text of everything that `sealedStore` writes, and no text of JSON. */
export const sealedPrefix = "sealed:";

/**
 * Refuses what is sealed where no keys were given.
 *
 * @param what - What the text is, as the beginning of a sentence.
 * @throws {CodeModeError} ERR_STORE_KEY.
 */
export function refuseSealed(text: string, what: string): void {
  if (!text.startsWith(sealedPrefix)) return;
  throw new CodeModeError(
    "ERR_STORE_KEY",
    `${what} is sealed. Open the store with its keys: sealedStore(store, keys), or --seal-keys FILE on the command line.`,
  );
}
