import type { RuntimeLimits } from "../options/limits.js";

const mebibyte = 1024 * 1024;

/**
 * The limits of a host for Codex. The reference's host has none that hold, so these end no ordinary program that it
 * would have brought to an end: no time, and as much heap as its engine takes before it gives up with every session
 * in it. Those that remain are for very large inputs, values and numbers of calls.
 */
export const hostLimits: RuntimeLimits = {
  heapBytes: 1536 * mebibyte,
  arrayBufferBytes: 4096 * mebibyte,
  cpuMs: Number.POSITIVE_INFINITY,
  wallMs: Number.POSITIVE_INFINITY,
  // Of all answers together: one that is too long for the wire is an error, as it is there.
  outputBytes: 1024 * mebibyte,
  outputItems: 1_000_000,
  notifications: 1_000_000,
  storedBytes: 256 * mebibyte,
  storedKeys: 1_000_000,
  toolCalls: 2 ** 31,
  jsonValues: 1_000_000,
  timers: 1_000_000,
  sourceBytes: 64 * mebibyte,
  evalBytes: 64 * mebibyte,
  cells: 4096,
};
