import { checkMilliseconds, checkOptionsObject, checkWholeNumber } from "./option-checks.js";

/**
 * What one cell may use. Limits can be set on the runtime, the session and the exec: the tightest
 * holds.
 */
export interface CellLimits {
  /**
   * Bytes of V8 heap before the cell fails with ERR_CELL_HEAP_LIMIT. Default: 256 MiB.
   */
  readonly heapBytes?: number | undefined;
  /**
   * Bytes of all the cell's ArrayBuffers; past it an allocation throws a RangeError in the cell.
   * Default: 256 MiB.
   */
  readonly arrayBufferBytes?: number | undefined;
  /**
   * Milliseconds from `exec` before the cell fails with ERR_CELL_WALL_LIMIT. Default: Infinity, no
   * limit.
   */
  readonly wallMs?: number | undefined;
  /**
   * Bytes of output items, notifications and console lines, as the cell holds them: one byte a
   * character where all are Latin-1, two otherwise. The item that passes it is dropped and the cell
   * fails with ERR_CELL_OUTPUT_LIMIT. Default: 64 MiB.
   */
  readonly outputBytes?: number | undefined;
  /**
   * Bytes of the keys and JSON texts one cell stores, counted alike; past it `store` throws a
   * RangeError in the cell. Default: 64 MiB.
   */
  readonly storedBytes?: number | undefined;
}

/** The limits that hold for a cell. */
export type ResolvedLimits = { readonly [Name in keyof CellLimits]-?: number };

const mebibyte = 1024 * 1024;

/** What holds where nobody has set a limit. */
const defaultLimits: ResolvedLimits = {
  heapBytes: 256 * mebibyte,
  arrayBufferBytes: 256 * mebibyte,
  wallMs: Infinity,
  outputBytes: 64 * mebibyte,
  storedBytes: 64 * mebibyte,
};

const byteLimits = ["heapBytes", "arrayBufferBytes", "outputBytes", "storedBytes"] as const;
const limitNames = Object.keys(defaultLimits) as readonly (keyof CellLimits)[];

/** @throws {CodeModeError} ERR_INVALID_OPTION, naming the limit. */
export function checkLimits(limits: CellLimits | undefined): void {
  if (limits === undefined) return;
  checkOptionsObject("limits", limits, limitNames);
  for (const name of byteLimits) {
    checkWholeNumber(`limits.${name}`, limits[name], { unit: "bytes", least: 1 });
  }
  checkMilliseconds("limits.wallMs", limits.wallMs, 1);
}

/** Of two sets of limits, the tighter of each. */
export function tighterLimits(outer: CellLimits, inner: CellLimits | undefined): CellLimits {
  if (inner === undefined) return outer;
  const tighter: { -readonly [Name in keyof CellLimits]: number } = {};
  for (const name of limitNames) {
    const limit = Math.min(outer[name] ?? Infinity, inner[name] ?? Infinity);
    if (outer[name] !== undefined || inner[name] !== undefined) tighter[name] = limit;
  }
  return tighter;
}

/** The limits that hold, with defaults for those that nobody has set. */
export function resolveLimits(limits: CellLimits): ResolvedLimits {
  return {
    heapBytes: limits.heapBytes ?? defaultLimits.heapBytes,
    arrayBufferBytes: limits.arrayBufferBytes ?? defaultLimits.arrayBufferBytes,
    wallMs: limits.wallMs ?? defaultLimits.wallMs,
    outputBytes: limits.outputBytes ?? defaultLimits.outputBytes,
    storedBytes: limits.storedBytes ?? defaultLimits.storedBytes,
  };
}
