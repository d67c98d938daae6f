// Attacks inside builtins that do not ask whether to stop.
import { cellAttacks, MiB } from "../attack.mjs";
import { terminate, terminated } from "./termination-common.mjs";

/** The engine does not ask in these: the thread is cut off and is left at the lowest priority. */
/** @type {import("../attack.mjs").Expectation} */
const cutOff = { ...terminated, orphaned: "must" };

/** Says "in" when the builtin it is given to has begun, and has more elements than can be visited. */
const endless = '{ get length() { text("in"); return 2 ** 53 - 1; } }';
const endlessCall = `Array.prototype.indexOf.call(${endless}, 1);`;

/**
 * A builtin on something that says it has 2 ** 53 - 1 elements, which takes a thousand years.
 * @param {string} method
 * @param {string} [rest]
 */
function endlessBuiltin(method, rest = "") {
  return {
    name: `uninterruptible-${method.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    what: `Calls Array.prototype.${method} on an object that says it has 2 ** 53 - 1 elements, which the engine does not interrupt.`,
    source: `Array.prototype.${method}.call(${endless}${rest});`,
    stop: terminate,
    expect: cutOff,
  };
}

export const terminationUninterruptible = cellAttacks([
  endlessBuiltin("indexOf", ", 1"),
  endlessBuiltin("lastIndexOf", ", 1"),
  endlessBuiltin("includes", ", 1"),
  endlessBuiltin("forEach", ", () => {}"),
  endlessBuiltin("reduce", ", () => 0"),
  endlessBuiltin("reverse"),
  endlessBuiltin("copyWithin", ", 1, 0"),
  endlessBuiltin("splice", ", 0, 1"),
  {
    name: "uninterruptible-sort",
    what: "Sorts an array that says it has four billion elements.",
    source:
      'const a = [1]; a.length = 2 ** 32 - 1; Object.defineProperty(a, 0, { get() { text("in"); return 1; } }); a.sort();',
    stop: terminate,
    expect: cutOff,
  },
  {
    name: "uninterruptible-unshift",
    what: "Moves the elements of an object that says it has 2 ** 53 - 2 of them.",
    source:
      'Array.prototype.unshift.call({ get length() { text("in"); return 2 ** 53 - 2; } }, 1);',
    stop: terminate,
    expect: cutOff,
  },
  {
    name: "uninterruptible-join",
    what: "Joins an object that says it has four billion elements.",
    source: 'text("in"); Array.prototype.join.call({ length: 2 ** 32 - 1 }, ""); for (;;);',
    stop: terminate,
    expect: { ...terminated, orphaned: "may" },
  },
  {
    name: "stop-in-iterator-drop",
    what: "Skips four billion elements with an iterator's drop().",
    source: `
      const list = { get length() { text("in"); Object.defineProperty(this, "length", { value: 2 ** 32 - 1 }); return 1; } };
      Array.prototype.values.call(list).drop(2 ** 32 - 2).next();`,
    stop: terminate,
    expect: terminated,
  },
  {
    name: "uninterruptible-segmenter",
    what: "Segments millions of Thai characters, which ICU does in one go.",
    source:
      'text("in"); const s = new Intl.Segmenter("th", { granularity: "word" }); for (const x of s.segment("สวัสดีครับ".repeat(1e6))) { for (;;); }',
    stop: terminate,
    expect: { ...terminated, orphaned: "may" },
  },
  {
    name: "uninterruptible-quantifiers",
    what: "Compiles a regular expression of quantifiers nested sixty thousand deep.",
    source:
      'text("in"); new RegExp("(?:".repeat(2 ** 16) + "a" + ")*".repeat(2 ** 16)).test("a"); for (;;);',
    stop: terminate,
    expect: { ...terminated, orphaned: "may", enginePrints: true },
  },
  {
    name: "uninterruptible-big-parse",
    what: "Parses a JSON text of a hundred megabytes, which does not ask whether to stop.",
    source:
      'const s = "[" + "1,".repeat(3e7) + "1]"; /z/.test(s); text("in"); JSON.parse(s); for (;;);',
    limits: { heapBytes: 1024 * MiB },
    stop: terminate,
    expect: { ...terminated, orphaned: "may" },
  },
  {
    name: "uninterruptible-typed-sort",
    what: "Sorts millions of numbers inside one builtin.",
    source:
      'const a = new Float64Array(2 ** 24); for (let i = 0; i < a.length; i++) a[i] = (i * 7919) % 65537; text("in"); a.sort(); for (;;);',
    stop: terminate,
    expect: { ...terminated, orphaned: "may" },
  },
  {
    name: "uninterruptible-in-four-cells",
    what: "Leaves four threads at once that cannot be ended, and wants the processor for them.",
    source: endlessCall,
    cells: 4,
    stop: terminate,
    expect: cutOff,
  },
  {
    name: "uninterruptible-closing",
    what: "Is in a builtin that cannot be interrupted when its session is closed.",
    source: endlessCall,
    stop: { by: "closeSession", when: "output" },
    expect: { status: "terminated", reason: "closed", output: ["in"], orphaned: "must" },
  },
  {
    name: "uninterruptible-past-the-orphans",
    what: "Leaves as many threads as are allowed, and wants the next cell all the same.",
    source: endlessCall,
    cells: 2,
    runtimeLimits: { maxOrphans: 2 },
    neighbour: "apart",
    stop: terminate,
    next: { source: 'text("ran")', refused: "ERR_TOO_MANY_ORPHANS", inProcess: ["ran"] },
    expect: cutOff,
  },
]);
