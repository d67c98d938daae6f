import {
  checkMilliseconds,
  checkOneOf,
  checkOptionsObject,
  invalidOption,
} from "../base/option-checks.js";
import type { DurableStore } from "../durable/store.js";
import type { ToolSource } from "../tools/tool-definition.js";

/** How cells outlive their process; docs/durable-cells.md says what is promised. */
export interface DurabilityOptions {
  /**
   * Where cells are kept, such as `sqliteStore(file)` of `codecell/sqlite` or `postgresStore(pool)` of
   * `codecell/postgres`. Close it after the runtime.
   */
  readonly store: DurableStore;
  /**
   * Milliseconds for which cells that have ended are kept, with their journals; Infinity keeps them until
   * `store.forget`. Default: 7 days.
   */
  readonly retainMs?: number | undefined;
  /**
   * Milliseconds for which a cell that has not ended and that no process runs is kept after its last record, with its
   * open questions; Infinity keeps it. Default: 30 days.
   */
  readonly retainOpenMs?: number | undefined;
  /**
   * Milliseconds after which a cell is parked that waits for nothing but approvals: its isolate ends, and is
   * made again from the journal when one is decided. 0 parks at once, Infinity never. A cell that has used more
   * than 5 seconds of processor time is not parked. Default: 60 000.
   */
  readonly parkAfterMs?: number | undefined;
}

/** How `CodeMode.revert` reverts a cell. */
export interface RevertOptions {
  /** Tools that the runtime does not have, such as those of the cell's session. Default: none. */
  readonly tools?: ToolSource | readonly ToolSource[] | undefined;
  /**
   * What happens to a call if an earlier process ended while its `revert` ran: `"retry"` runs that again, with the
   * same `idempotencyKey`; `"fail"` leaves it, and all calls before it. Default: `"fail"`.
   */
  readonly onLost?: "retry" | "fail" | undefined;
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkRevertOptions(options: RevertOptions): void {
  checkOptionsObject("the options of revert", options, ["tools", "onLost"]);
  checkOneOf("onLost", options.onLost, ["retry", "fail"]);
}

/** A checked one, with its defaults. */
export type Durability = Readonly<
  Record<"store", DurableStore> & Record<"retainMs" | "retainOpenMs" | "parkAfterMs", number>
>;

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The durability with its defaults.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function checkDurability(durability: DurabilityOptions | undefined): Durability | undefined {
  if (durability === undefined) return undefined;
  checkOptionsObject("durability", durability, [
    "store",
    "retainMs",
    "retainOpenMs",
    "parkAfterMs",
  ]);
  const {
    store,
    retainMs = 7 * dayMs,
    retainOpenMs = 30 * dayMs,
    parkAfterMs = 60_000,
  } = durability;
  checkMilliseconds("durability.retainMs", retainMs, 0);
  checkMilliseconds("durability.retainOpenMs", retainOpenMs, 0);
  checkMilliseconds("durability.parkAfterMs", parkAfterMs, 0);
  if (typeof store !== "object" || store === null || typeof store.append !== "function") {
    throw invalidOption("durability.store", "a store, such as sqliteStore(file) makes", store);
  }
  return { store, retainMs, retainOpenMs, parkAfterMs };
}
