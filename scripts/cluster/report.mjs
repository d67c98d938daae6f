// What the check of many servers has seen, and how it fails.
import { ScriptFailure } from "../lib/command.mjs";

/** @type {Map<string, number>} */
const counts = new Map();

export function count(/** @type {string} */ name, by = 1) {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** What was counted since the last call, by name. */
export function takeCounts() {
  const taken = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  counts.clear();
  return taken;
}

/** @returns {never} */
export function fault(/** @type {string} */ text) {
  throw new ScriptFailure(text);
}
