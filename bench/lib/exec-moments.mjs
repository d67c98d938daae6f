// When an exec reaches its steps, as the addon and this thread see it.

import { createRequire } from "node:module";
import path from "node:path";
import { root } from "../../scripts/lib/command.mjs";
import { expectCompleted } from "./cells.mjs";

/** The moments that the addon notes, in the order of native/base/moments.h. */
const noted = [
  "called",
  "hands",
  "returned",
  "runs",
  "compiles",
  "links",
  "evaluates",
  "evaluated",
  "sends",
  "wakes",
  "delivers",
  "delivered",
];

/** Those that follow each other in every exec. */
const inOrder = ["start", "called", "hands", "runs", "compiles", "links", "evaluates", "evaluated"];
const atEnd = ["wakes", "delivers", "delivered", "answered"];

/** @typedef {Readonly<Record<string, number>>} Moments */

/** Execs that may be disturbed one after the other before a benchmark gives up. */
const patience = 100;

/**
 * @param {() => Promise<Moments | undefined>} follow - Follows one exec.
 * @returns {Promise<{ moments: Moments, disturbed: number }>} The next that was not disturbed, and how many were.
 */
export async function nextUndisturbed(follow) {
  for (let disturbed = 0; disturbed < patience; disturbed++) {
    const moments = await follow();
    if (moments !== undefined) return { moments, disturbed };
  }
  throw new Error(
    `Each of ${patience} execs had other events of the addon in between; try it on a quieter machine.`,
  );
}

/** Watches the addon that dist/ has loaded, or will load. */
export function watchExecs() {
  const file =
    process.env["CODECELL_ADDON"] ||
    path.join(root, "build", `abi${process.versions.modules}`, "Release", "codecell.node");
  const addon = createRequire(import.meta.url)(file);
  addon.watchMoments(true);
  return {
    /**
     * Runs a cell to its end.
     * @param {{ exec(source: string): Promise<any> }} session
     * @param {string} source
     * @returns {Promise<Moments | undefined>} When it reached each moment, in milliseconds; undefined if other
     *   events of the addon came in between.
     */
    async follow(session, source) {
      const start = now();
      const running = session.exec(source);
      const left = now();
      const outcome = await running;
      const answered = now();
      expectCompleted(outcome);
      /** @type {number[]} */
      const times = addon.momentTimes();
      /** @type {Record<string, number>} */
      const moments = { start, left, answered };
      for (const [i, name] of noted.entries()) moments[name] = times[i] ?? 0;
      return isOfOne(moments) ? moments : undefined;
    },
    stop: () => addon.watchMoments(false),
  };
}

/** Milliseconds on the clock of the addon. */
export function now() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** @param {Moments} moments */
function isOfOne(moments) {
  const times = [...inOrder, ...atEnd].map((name) => moments[name] ?? 0);
  return times.every((time, i) => time > 0 && time >= (times[i - 1] ?? 0));
}
