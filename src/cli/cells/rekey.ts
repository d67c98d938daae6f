import { count, jsonText, visible } from "../format.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { readSealKeys } from "../seal-keys.js";
import { isPostgresUrl } from "../store-names.js";
import { UsageError } from "../usage-error.js";
import type { CellsOptions } from "./cells-options.js";

/**
 * Seals the file of a store anew with the current key.
 *
 * @returns The exit code: 1 also if something in the file is damaged.
 */
export async function rekey(
  cell: string | undefined,
  { store, sealKeys, session, json }: CellsOptions,
  context: SessionContext,
): Promise<number> {
  const { terminal, interrupt } = context;
  try {
    if (cell !== undefined || session !== undefined) {
      throw new UsageError("rekey seals all of a file anew: give it no cell and no --session.");
    }
    if (isPostgresUrl(store)) {
      throw new UsageError("rekey is for files; a PostgreSQL cannot be sealed anew.");
    }
    const keys = await readSealKeys(sealKeys);
    if (keys === undefined) {
      throw new UsageError(
        "Give the keys with --seal-keys FILE: the new one first, then the others.",
      );
    }
    const { rekeyStore } = await import("../../sqlite.js");
    const report = await rekeyStore(store, keys, { signal: interrupt.signal });
    const { rekeyed, current, faults } = report;
    if (json) terminal.result(jsonText(report));
    for (const fault of faults) terminal.note(visible(fault));
    terminal.note(
      `sealed ${count(rekeyed, "text")} with the key ${visible(String(keys.current))}; ${current} already were`,
    );
    if (faults.length > 0) terminal.note(`${count(faults.length, "text")} left as before: damaged`);
    return faults.length === 0 ? 0 : 1;
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}
