// A random sample of the mutants of each room: what a room of thousands is judged by when there is no time for all.
import { createHash } from "node:crypto";
import { ScriptFailure } from "../../scripts/lib/command.mjs";
import { roomOf, rooms } from "./rooms.mjs";
import { isUnobservable } from "./unobservable/index.mjs";

/** @typedef {import("./tree.mjs").SourceFile} SourceFile */

/**
 * @typedef {object} Sample
 * @property {string} room
 * @property {string} seed - The same picks the same mutants, as long as the room's files are what they were.
 * @property {number} of - How many mutants the room has, without those that change nothing observable.
 */

/**
 * @param {readonly SourceFile[]} sources - Whole rooms.
 * @param {number} wanted - How many mutants of each room.
 * @param {string} seed
 */
export function someOfEachRoom(sources, wanted, seed) {
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw new ScriptFailure(`--some takes a whole number of mutants from 1, not ${wanted}`);
  }
  return rooms.flatMap((room) => {
    const files = sources.filter(({ path }) => roomOf(path) === room);
    const all = files.flatMap((source) =>
      [...source.mutants.keys()].flatMap((index) =>
        isUnobservable(source, index) ? [] : [{ source, index, key: keyOf(seed, source, index) }],
      ),
    );
    const chosen = all.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, wanted);
    const picked = files.flatMap((source) => {
      const indexes = chosen.flatMap((one) => (one.source === source ? [one.index] : []));
      return indexes.length === 0 ? [] : [{ source, indexes }];
    });
    return picked.length === 0 ? [] : [{ picked, sample: { room, seed, of: all.length } }];
  });
}

/**
 * @param {string} seed
 * @param {SourceFile} source
 * @param {number} index
 */
function keyOf(seed, { path }, index) {
  return createHash("sha256").update(`${seed} ${path} ${index}`).digest("hex");
}

/**
 * Where the score of a whole room is, with 95 % certainty, if a sample has so many noticed ones: Wilson's interval.
 * @param {number} noticed
 * @param {number} mutants - At least 1.
 * @returns {{ low: number, high: number }} From 0 to 1.
 */
export function intervalOf(noticed, mutants) {
  const z = 1.96;
  const share = noticed / mutants;
  const middle = share + z ** 2 / (2 * mutants);
  const spread = z * Math.sqrt((share * (1 - share)) / mutants + z ** 2 / (4 * mutants ** 2));
  const scale = 1 + z ** 2 / mutants;
  return { low: (middle - spread) / scale, high: (middle + spread) / scale };
}
