// What one round runs, as plain data drawn from a seed: a few programs at once, and in the mode
// "stop" what is done to them and when.
import fc from "fast-check";
import { statement } from "./grammar.mjs";
import { js, one, oneOf } from "./js.mjs";
import { specifier, variables } from "./words.mjs";

/** @typedef {"hostile" | "stop"} Mode */

/**
 * When something is done to a program: so many milliseconds after its `exec`, at one of its events,
 * or inside its tool `stop`.
 * @typedef {{ type: "time", ms: number } | { type: "event", event: string } | { type: "tool" }} Moment
 */

/**
 * @typedef {object} Stop
 * @property {Moment} at
 * @property {"terminate" | "terminateTwice" | "abort" | "closeSession" | "closeRuntime" | "wait" | "abortWait"} does
 */

/**
 * @typedef {object} Program
 * @property {string} source
 * @property {number | null} yieldAfterMs - null never yields by time.
 * @property {import("../../src/index.js").CellLimits} limits
 * @property {number} delayMs - When its `exec` is called.
 * @property {readonly Stop[]} stops
 */

/**
 * @typedef {object} Round
 * @property {"fail" | "wait"} deadlock
 * @property {readonly Program[]} programs
 */

const mebibyte = 2 ** 20;

const staticImport = oneOf(
  [
    3,
    js`import ${one("{ echo }", "* as all", "{ ALL_TOOLS as list }", "{ missing }", "anything")} from ${one('"tools.js"', '"codecell"', '"host"', '"tools/space.js"', '"node:fs"')};`,
  ],
  [1, js`export const exported = 1; export * from "host";`],
  [1, js`import(${specifier});`],
);

const step = fc.oneof(
  // Most steps let the next ones run, whatever they throw.
  { arbitrary: js`try { ${statement} } catch (thrown) { e = thrown; }`, weight: 6 },
  { arbitrary: statement, weight: 1 },
);

const source = fc
  .tuple(
    fc.option(staticImport, { nil: "", freq: 7 }),
    fc.array(step, { minLength: 1, maxLength: 6, size: "max" }),
  )
  .map(([before, steps]) => [before, variables, ...steps].filter((line) => line !== "").join("\n"));

const limits = fc.record({
  heapBytes: fc.constantFrom(16 * mebibyte, 8 * mebibyte, 32 * mebibyte),
  arrayBufferBytes: fc.constantFrom(8 * mebibyte, mebibyte),
  outputBytes: fc.constantFrom(65_536, 100, mebibyte),
  storedBytes: fc.constantFrom(65_536, 100),
  wallMs: fc.constantFrom(300, 50, 600),
});

/** @type {fc.Arbitrary<Stop>} */
const stop = fc.record({
  at: fc.oneof(
    fc.record({ type: fc.constant("time"), ms: fc.constantFrom(0, 1, 2, 3, 5, 10, 20, 40) }),
    fc.record({
      type: fc.constant("event"),
      event: fc.constantFrom(
        "started",
        "output",
        "toolCallStarted",
        "toolCallSettled",
        "notify",
        "yielded",
        "ended",
      ),
    }),
    fc.constant({ type: "tool" }),
  ),
  does: fc.constantFrom(
    "terminate",
    "terminateTwice",
    "abort",
    "wait",
    "abortWait",
    "closeSession",
    "closeRuntime",
  ),
});

/** @param {Mode} mode */
function program(mode) {
  return fc.record({
    source,
    limits,
    yieldAfterMs: fc.constantFrom(null, 0, 1, 10),
    delayMs: mode === "stop" ? fc.constantFrom(0, 0, 1, 5) : fc.constant(0),
    stops:
      mode === "stop"
        ? fc.array(stop, { minLength: 1, maxLength: 4, size: "max" })
        : fc.constant([]),
  });
}

/**
 * Every round a mode can have.
 * @param {Mode} mode
 * @returns {fc.Arbitrary<Round>}
 */
export function rounds(mode) {
  return fc.record({
    deadlock: fc.constantFrom("fail", "wait"),
    programs: fc.array(program(mode), { minLength: 1, maxLength: 4, size: "max" }),
  });
}

/** How `fc.check` and `fc.sample` come to the round of a seed. */
export function ofSeed(seed) {
  return { seed, numRuns: 1, unbiased: true };
}

/** The seed of one round of a run: its number, well stirred. */
export function seedOf(runSeed, index) {
  let bits = (runSeed ^ Math.imul(index + 1, 0x9e3779b1)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
