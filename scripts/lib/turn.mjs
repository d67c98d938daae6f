// Samples that change with each commit, and are the same for one commit on every machine.
import { createHash } from "node:crypto";
import { capture, ScriptFailure } from "./command.mjs";

/** A number that HEAD decides; 0 where there is no repository. */
export const turn = readTurn();

function readTurn() {
  try {
    return Number.parseInt(capture("git", ["rev-parse", "HEAD"]).slice(0, 8), 16);
  } catch (error) {
    if (error instanceof ScriptFailure) return 0;
    throw error;
  }
}

/**
 * The names in an order that HEAD decides. Taking the first few gives each name its turn.
 * @param {readonly string[]} names
 * @returns {string[]}
 */
export function shuffledByTurn(names) {
  const key = (/** @type {string} */ name) =>
    createHash("sha256").update(`${turn} ${name}`).digest("hex");
  return [...names].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
