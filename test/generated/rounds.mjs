// What one round runs, as plain data drawn from a seed: a few programs at once, and in the mode
// "stop" what is done to them and when.
import fc from "fast-check";
import { statement } from "./grammar.mjs";
import { js, one, oneOf } from "./js.mjs";
import { specifier, variables } from "./words.mjs";

/** @typedef {"hostile" | "stop"} Mode */

/**
 * When something is done to a program: so many milliseconds after its `exec`; so many turns of the
 * microtask queue after one of its events, or inside its event handler; or inside its tool `stop`.
 * @typedef {{ type: "time", ms: number } | { type: "event", event: string, ticks: number } | { type: "tool" }} Moment
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
 * @property {{ cells: number, queuedCells: number }} limits
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

const step = oneOf(
  // Most steps let the next ones run, whatever they throw.
  [6, js`try { ${statement} } catch (thrown) { e = thrown; }`],
  [1, statement],
);

const source = fc
  .tuple(
    fc.option(staticImport, { nil: "", freq: 7 }),
    fc.array(step, { minLength: 1, maxLength: 6, size: "max" }),
  )
  .map(([before, steps]) => [before, variables, ...steps].filter((line) => line !== "").join("\n"));

// Small, and now and then as small as hardly any program can bear.
const limits = fc.record({
  heapBytes: rarely(16 * mebibyte, 4 * mebibyte),
  arrayBufferBytes: rarely(8 * mebibyte, 100),
  cpuMs: rarely(200, 5),
  wallMs: rarely(1000, 30),
  outputBytes: rarely(65_536, 100),
  outputItems: rarely(1000, 3),
  notifications: rarely(100, 3),
  storedBytes: rarely(65_536, 100),
  storedKeys: rarely(100, 2),
  toolCalls: rarely(2000, 3),
  toolCallsInFlight: rarely(50, 1),
  toolInputBytes: rarely(mebibyte, 100),
  toolResultBytes: rarely(65_536, 10),
  jsonDepth: rarely(100, 2),
  timers: rarely(1000, 2),
  sourceBytes: rarely(65_536, 1500),
  evalBytes: rarely(65_536, 3),
});

function rarely(usual, extreme) {
  return fc.nat(9).map((turn) => (turn === 9 ? extreme : usual));
}

/** Of the session all programs of a round run in. */
const sessionLimits = fc.record({
  cells: fc.constantFrom(128, 2, 1),
  queuedCells: rarely(100, 1),
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
      ticks: fc.constantFrom(0, 1, 2, 4),
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
    limits: sessionLimits,
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
