import { builtin } from "../base/builtin.js";
import { CodeModeError } from "../base/errors.js";
import { invalidOption, optionFault, unknownKeyFaults } from "../base/option-checks.js";

/**
 * What one cell may use. Limits can be set on the runtime, the session and the exec; the smallest
 * value applies. A text counts with one byte per character if all its characters are Latin-1,
 * otherwise with two, unless UTF-8 is mentioned.
 */
export interface CellLimits {
  /** Bytes of V8 heap before the cell fails with ERR_CELL_HEAP_LIMIT. Default: 256 MiB. */
  readonly heapBytes?: number | undefined;
  /**
   * Bytes of all the cell's ArrayBuffers; above it an allocation throws a RangeError in the cell.
   * Default: 256 MiB.
   */
  readonly arrayBufferBytes?: number | undefined;
  /**
   * Milliseconds of processor time of the cell's thread before the cell fails with
   * ERR_CELL_CPU_LIMIT; Infinity is no limit. Default: 60 000.
   */
  readonly cpuMs?: number | undefined;
  /**
   * Milliseconds from the cell's start to its end, including the time after yields, before it fails
   * with ERR_CELL_WALL_LIMIT; Infinity is no limit. Default: 3 600 000, an hour.
   */
  readonly wallMs?: number | undefined;
  /**
   * Bytes of output items, notifications and console lines. The item that exceeds it is dropped and
   * the cell fails with ERR_CELL_OUTPUT_LIMIT. Default: 64 MiB, or a sixteenth of the host's own
   * heap limit if that is less.
   */
  readonly outputBytes?: number | undefined;
  /**
   * Output items and console lines before the cell fails with ERR_CELL_OUTPUT_ITEMS_LIMIT. Default:
   * 100 000.
   */
  readonly outputItems?: number | undefined;
  /** Notifications before the cell fails with ERR_CELL_NOTIFICATIONS_LIMIT. Default: 10 000. */
  readonly notifications?: number | undefined;
  /**
   * Bytes of the keys and JSON texts of all stored values, including those of earlier cells; a text
   * counts with at least 16 bytes for each value in it, keys included. Above the limit `store` throws
   * a RangeError in the cell. Default: 64 MiB, or a sixteenth of the host's own
   * heap limit if that is less.
   */
  readonly storedBytes?: number | undefined;
  /**
   * Keys of all stored values, including those of earlier cells; above it `store` throws a
   * RangeError in the cell. Default: 10 000.
   */
  readonly storedKeys?: number | undefined;
  /**
   * Tool calls before the cell fails with ERR_CELL_TOOL_CALLS_LIMIT; here and below, calls of
   * `search_tools` and `describe_tool` count too. Default: 100 000.
   */
  readonly toolCalls?: number | undefined;
  /**
   * Tool calls that run at once; more wait in the cell, in their order. Default: 10 000.
   */
  readonly toolCallsInFlight?: number | undefined;
  /**
   * Bytes of the JSON texts of the inputs of all calls that have not been answered; above it the
   * call throws a RangeError in the cell. The inputs of all cells together are limited too, to the
   * same value in a session and to twice the value in a runtime; above it the call is rejected.
   * Default: 64 MiB, or a 128th of the host's own heap limit if that is less, because an input
   * takes many times the bytes of its text in the host.
   */
  readonly toolInputBytes?: number | undefined;
  /**
   * UTF-8 bytes of one tool result, of its JSON text where it is no string; above it the call is
   * rejected in the cell. Default: 64 MiB.
   */
  readonly toolResultBytes?: number | undefined;
  /**
   * How deep arrays and objects may be nested in values that cross as JSON; above it a tool input
   * or a stored value throws a RangeError in the cell, and a tool result rejects its call. Default:
   * 1 000, which is also the maximum.
   */
  readonly jsonDepth?: number | undefined;
  /**
   * Values that one tool input, tool result or stored value may contain: arrays, objects, keys,
   * strings, numbers and literals. Above it a tool input or a stored value throws a RangeError in the
   * cell, and a tool result rejects its call. The host converts JSON without interruption, so the
   * number of values bounds how long that takes. Default: 100 000.
   */
  readonly jsonValues?: number | undefined;
  /** Timers pending at once; above it `setTimeout` throws a RangeError. Default: 100 000. */
  readonly timers?: number | undefined;
  /**
   * Bytes of the cell's source; a longer one does not run and fails with ERR_CELL_SOURCE_LIMIT.
   * Default: 4 MiB.
   */
  readonly sourceBytes?: number | undefined;
  /**
   * Bytes of one source given to `eval` or a function constructor in the cell; above it an
   * EvalError is thrown there. Default: 4 MiB.
   */
  readonly evalBytes?: number | undefined;
}

/** What the cells of one session may use together, besides the limits of each cell. */
export interface SessionLimits extends CellLimits {
  /**
   * Cells that have not ended, including those that have yielded; further cells wait in order until
   * one ends. On the runtime it holds for all its sessions together. Default: 128 in a session, 512
   * in a runtime.
   */
  readonly cells?: number | undefined;
  /**
   * Execs that may wait for a cell to end; any further exec is refused with ERR_QUEUE_FULL. On the
   * runtime it holds for all its sessions together. Default: 10 000.
   */
  readonly queuedCells?: number | undefined;
  /**
   * Bytes of output and console lines that have not been observed yet, in cells that run and in
   * ends that have not been waited for. Above it such ends are dropped, the oldest first, and are
   * `missing` from then on; if that is not enough, the cell that exceeds it fails with
   * ERR_CELL_OUTPUT_LIMIT. On the runtime it holds for all its sessions together. Default: a
   * sixteenth of the host's own heap limit in a session, an eighth in a runtime.
   */
  readonly unseenBytes?: number | undefined;
}

/** What a runtime's cells may use together, and the whole process while they run. */
export interface RuntimeLimits extends SessionLimits {
  /**
   * Bytes of resident memory of the whole process. While the process has more, the cells with the
   * most memory are ended with ERR_CELL_MEMORY_LIMIT, one after another. If there are several
   * runtimes, the smallest value of those with cells applies. Default: three quarters of the memory
   * that the process may use.
   */
  readonly rssBytes?: number | undefined;
  /**
   * Threads of the whole process that could not be stopped. If there are as many, no cell starts
   * and exec throws ERR_TOO_MANY_ORPHANS. Default: 8.
   */
  readonly maxOrphans?: number | undefined;
}

/** Where a limit is set. */
export type LimitScope = "exec" | "session" | "runtime";

type LimitName = keyof RuntimeLimits;

/** Every limit with a value. */
export type ResolvedLimits = { readonly [Name in LimitName]-?: number };

const mebibyte = 1024 * 1024;
const tebibyte = 1024 * 1024 * mebibyte;

interface LimitRule {
  readonly unit: "bytes" | "milliseconds" | "whole";
  readonly min: number;
  readonly max: number;
  /** The outermost scopes only, where it makes no sense for one cell. */
  readonly scopes?: readonly LimitScope[];
}

const bytes: LimitRule = { unit: "bytes", min: 1, max: tebibyte };
const milliseconds: LimitRule = { unit: "milliseconds", min: 1, max: Number.POSITIVE_INFINITY };
const count: LimitRule = { unit: "whole", min: 1, max: 2 ** 31 };

const rules: { readonly [Name in LimitName]-?: LimitRule } = {
  // A smaller heap cannot hold the engine's own objects.
  heapBytes: { ...bytes, min: mebibyte },
  arrayBufferBytes: bytes,
  cpuMs: milliseconds,
  wallMs: milliseconds,
  outputBytes: bytes,
  outputItems: count,
  notifications: count,
  storedBytes: bytes,
  storedKeys: count,
  toolCalls: count,
  toolCallsInFlight: count,
  toolInputBytes: bytes,
  toolResultBytes: bytes,
  // JSON.stringify recurses in the cell and in the host, both with 984 KiB of stack. It overflows an
  // empty stack near 4100 levels of plain values and 2200 of objects with getters or many keys; less
  // than half of the stack is taken here, and the caller may have taken the rest.
  jsonDepth: { ...count, max: 1_000 },
  jsonValues: count,
  timers: count,
  sourceBytes: bytes,
  evalBytes: bytes,
  cells: { ...count, scopes: ["session", "runtime"] },
  queuedCells: { ...count, scopes: ["session", "runtime"] },
  unseenBytes: { ...bytes, scopes: ["session", "runtime"] },
  rssBytes: { ...bytes, min: 16 * mebibyte, scopes: ["runtime"] },
  maxOrphans: { ...count, scopes: ["runtime"] },
};

/** The names of all limits. */
export const limitNames = Object.keys(rules) as readonly LimitName[];

/** The default of each limit. */
const defaultLimits: Omit<ResolvedLimits, HostBoundLimit | "rssBytes" | "cells"> = {
  heapBytes: 256 * mebibyte,
  arrayBufferBytes: 256 * mebibyte,
  cpuMs: 60_000,
  wallMs: 3_600_000,
  outputItems: 100_000,
  notifications: 10_000,
  storedKeys: 10_000,
  toolCalls: 100_000,
  toolCallsInFlight: 10_000,
  toolResultBytes: 64 * mebibyte,
  jsonDepth: 1_000,
  jsonValues: 100_000,
  timers: 100_000,
  sourceBytes: 4 * mebibyte,
  evalBytes: 4 * mebibyte,
  queuedCells: 10_000,
  maxOrphans: 8,
};

const defaultCells = { session: 128, runtime: 512 } as const;

/** What the host's own heap has to hold. */
type HostBoundLimit = "outputBytes" | "storedBytes" | "toolInputBytes" | "unseenBytes";

function hostBoundDefaults({
  scope,
  hostHeapBytes,
}: Required<LimitDefaults>): Pick<ResolvedLimits, HostBoundLimit> {
  const part = (divisor: number): number => Math.floor(hostHeapBytes / divisor);
  return {
    outputBytes: Math.min(64 * mebibyte, part(16)),
    storedBytes: Math.min(64 * mebibyte, part(16)),
    // An empty array takes three characters, and 40 bytes or more.
    toolInputBytes: Math.min(64 * mebibyte, part(128)),
    unseenBytes: part(scope === "session" ? 16 : 8),
  };
}

/** @throws {CodeModeError} ERR_INVALID_OPTION, naming each limit that is wrong. */
export function checkLimits(limits: RuntimeLimits | undefined, scope: LimitScope): void {
  if (limits === undefined) return;
  if (typeof limits !== "object" || limits === null || Array.isArray(limits)) {
    throw invalidOption("limits", "an object", limits);
  }
  const faults = limitFaults(limits, scope);
  if (faults.length > 0) throw new CodeModeError("ERR_INVALID_OPTION", faults.join(" "));
}

/** What is wrong with limits: a sentence for each. */
export function limitFaults(
  limits: Readonly<Record<string, unknown>> | RuntimeLimits,
  scope: LimitScope,
): readonly string[] {
  const known = limitNames.filter((name) => rules[name].scopes?.includes(scope) ?? true);
  const given: Readonly<Record<string, unknown>> = { ...limits };
  const faults = known.flatMap((name) => limitFault(name, given[name]) ?? []);
  return [...unknownKeyFaults("limits", limits, known), ...faults];
}

function limitFault(name: LimitName, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const { unit, min, max } = rules[name];
  const isNumber = unit === "milliseconds" ? typeof value === "number" : Number.isInteger(value);
  if (isNumber && Number(value) >= min && Number(value) <= max) return undefined;
  const number = unit === "milliseconds" ? "a number of milliseconds" : "a whole number";
  const ofWhat = unit === "bytes" ? " of bytes" : "";
  const range = max === Number.POSITIVE_INFINITY ? `${min} or more` : `from ${min} to ${max}`;
  return optionFault(`limits.${name}`, `${number}${ofWhat}, ${range}`, value);
}

/** For each limit, the smaller of two values. */
export function tighterLimits(
  outer: RuntimeLimits,
  inner: RuntimeLimits | undefined,
): RuntimeLimits {
  if (inner === undefined) return outer;
  const tighter: { -readonly [Name in LimitName]?: number } = {};
  for (const name of limitNames) {
    const limit = Math.min(outer[name] ?? Infinity, inner[name] ?? Infinity);
    if (outer[name] !== undefined || inner[name] !== undefined) tighter[name] = limit;
  }
  return tighter;
}

/** What the defaults of limits depend on. */
export interface LimitDefaults {
  /** Whose limits they are. Default: a session's. */
  readonly scope?: "session" | "runtime";
  /** Bytes that the heap of the host's own engine may have. */
  readonly hostHeapBytes: number;
}

/** All limits, with defaults for those that are not set. */
export function resolveLimits(
  limits: RuntimeLimits,
  { scope = "session", hostHeapBytes }: LimitDefaults,
): ResolvedLimits {
  const set = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  return {
    ...defaultLimits,
    ...hostBoundDefaults({ scope, hostHeapBytes }),
    cells: defaultCells[scope],
    rssBytes: defaultRssBytes(),
    ...Object.fromEntries(set),
  };
}

/**
 * The limits of a recorded cell: null is none, and what its journal does not have has the default. What a
 * newer codecell has recorded besides is left out.
 *
 * @param most - What limits are at most that are set here.
 * @throws {CodeModeError} ERR_INVALID_JOURNAL, naming each limit that is wrong.
 */
export function readRecordedLimits(
  recorded: Readonly<Record<string, number | null>>,
  { most, ...defaults }: LimitDefaults & { readonly most?: RuntimeLimits },
): ResolvedLimits {
  const known = limitNames.filter((name) => Object.hasOwn(recorded, name));
  const limits = Object.fromEntries(known.map((name) => [name, recorded[name] ?? Infinity]));
  const faults = limitFaults(limits, "runtime");
  if (faults.length === 0) {
    return tighterLimits(resolveLimits(limits, defaults), most) as ResolvedLimits;
  }
  throw new CodeModeError(
    "ERR_INVALID_JOURNAL",
    `The journal cannot be replayed: ${faults.join(" ")}`,
  );
}

let knownRssBytes: number | undefined;

/** Three quarters of the machine's memory, or of what a container leaves of it. */
function defaultRssBytes(): number {
  knownRssBytes ??= Math.floor(availableBytes() * 0.75);
  return knownRssBytes;
}

function availableBytes(): number {
  const machine = builtin("node:os").totalmem();
  const constrained = process.constrainedMemory?.() ?? 0;
  // Where nothing constrains the process, some systems tell 0 and some a number beyond all memory.
  return constrained > 0 && constrained < machine ? constrained : machine;
}
