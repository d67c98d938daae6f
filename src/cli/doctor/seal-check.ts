import { readEntries } from "../../durable/kept-cell.js";
import type { StoreFacts } from "../../sqlite/examine-store.js";
import type { DurableStore } from "../../sqlite.js";
import { count, oneLine } from "../format.js";
import { type Check, ok, problem } from "./check.js";

const name = "store seal";

/** Whether a store is encrypted, and with which keys; with them, whether all that it has can be read. */
export async function checkSeal(
  { sealKeys, plainRecords }: Pick<StoreFacts, "sealKeys" | "plainRecords">,
  store: DurableStore | undefined,
): Promise<Check> {
  const used = sealKeys.map(({ id, records }) => `${id} (${count(records, "record")})`).join(", ");
  if (store === undefined) {
    if (sealKeys.length === 0) return ok(name, "the store is not sealed");
    const finding = `sealed with the keys ${used}; --seal-keys lets doctor try them`;
    return plainRecords === 0 ? ok(name, finding) : mixed(used, plainRecords);
  }
  if (plainRecords > 0) return mixed(used === "" ? "none" : used, plainRecords);
  for (const cell of await store.cells({ limit: Number.MAX_SAFE_INTEGER })) {
    try {
      await readEntries(store, cell);
    } catch (error) {
      const why = `${cell.cellId}: ${error instanceof Error ? error.message : String(error)}`;
      return problem(
        name,
        oneLine(why, 600),
        "Give the key that it was sealed with; what was changed is lost.",
      );
    }
  }
  if (used === "") return ok(name, "nothing is in it yet");
  return ok(name, `sealed with the keys ${used}, and all of it can be read`);
}

function mixed(keys: string, plainRecords: number): Check {
  return problem(
    name,
    `${count(plainRecords, "record")} of it are not sealed; sealed with the keys ${keys}`,
    "Sealed cells and others need a store each: name another file.",
  );
}
