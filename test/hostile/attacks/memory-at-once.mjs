// Attacks that want more memory than there is in one allocation or inside one builtin.
import { cellAttacks, completes, MiB } from "../attack.mjs";
import { fullHeapAtOnce, heap } from "./memory-common.mjs";

/** A process may have resident what its cell may use: with this it is more than the text takes. */
const roomyHeap = { ...heap, arrayBufferBytes: 1024 * MiB };

export const memoryAtOnce = cellAttacks([
  {
    name: "huge-array",
    what: "Asks for an array of 32 million numbers at once.",
    source: "const a = new Array(2 ** 25 - 1).fill(0.5); text(a.length);",
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-array-uninterruptible-fill",
    what: "Fills an array of 50 million elements inside one builtin, which does not ask whether to stop.",
    source: "const a = new Array(5e7).fill({}); text(a.length);",
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-flat-string",
    what: "Flattens a string of half a gigabyte at once and keeps nothing of it: the limit is not asked.",
    source: '/z/.test("漢x".repeat(2 ** 27)); text("flat");',
    limits: roomyHeap,
    expect: completes("flat"),
  },
  {
    name: "huge-string-past-the-engine",
    what: "Asks for a string longer than the engine can have, and reads the error.",
    source: 'try { "x".repeat(2 ** 30); } catch (e) { text(e.name); }',
    limits: heap,
    expect: completes("RangeError"),
  },
  {
    name: "huge-flat-string-held",
    what: "Flattens a string far past the limit, and keeps it while it waits.",
    source:
      'const s = "漢x".repeat(2 ** 25); /z/.test(s); await new Promise((go) => setTimeout(go, 300)); text(s.length);',
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-pad",
    what: "Pads a string to the largest length at once and keeps it to the end of its cell.",
    source: 'globalThis.s = "".padEnd(2 ** 28, "漢b"); /z/.test(s); text(s.length);',
    limits: roomyHeap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-split",
    what: "Splits a string into 32 million strings inside one builtin.",
    source: 'const a = "x ".repeat(2 ** 24).split(" "); text(a.length);',
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-replace-all",
    what: "Multiplies a string by replacing each of its characters.",
    source: 'const s = "x".repeat(2 ** 23).replaceAll("x", "xxxxxxxxxxxxxxxx"); text(s.length);',
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-json-text",
    what: "Makes one JSON text of a very large array.",
    source: "const s = JSON.stringify(new Array(2 ** 24).fill(1)); text(s.length);",
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-json-value",
    what: "Parses a short JSON text whose value takes many times its size.",
    source: 'const a = JSON.parse("[" + "[],".repeat(1e7) + "[]]"); text(a.length);',
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-argument-list",
    what: "Spreads an array of millions into the arguments of one call.",
    source:
      "const a = new Array(2 ** 20).fill(1); try { Math.max(...a, ...a); } catch (e) { text(e.name); }",
    expect: completes("RangeError"),
  },
  {
    name: "huge-sort",
    what: "Sorts an object that says it has four billion elements, for which the engine wants a table at once.",
    source: "Array.prototype.sort.call({ length: 2 ** 32 - 1 });",
    limits: heap,
    expect: { ...fullHeapAtOnce, orphaned: "must" },
  },
  {
    name: "huge-sparse-fill",
    what: "Fills an array that says it has four billion elements.",
    source: "const a = []; a.length = 2 ** 32 - 1; a.fill(1);",
    limits: heap,
    expect: fullHeapAtOnce,
  },
  {
    name: "huge-big-integer",
    what: "Asks for a BigInt past the engine's largest, and reads the error.",
    source: "try { 2n ** (2n ** 40n); } catch (e) { text(e.name); }",
    limits: heap,
    expect: completes("RangeError"),
  },
  {
    name: "huge-regular-expression-groups",
    what: "Compiles a regular expression whose automaton is past the compiler's memory.",
    source:
      'try { new RegExp("(?:a|".repeat(2 ** 14) + ")".repeat(2 ** 14)).test("a"); } catch (e) { text(e.name); }',
    limits: heap,
    expect: { ...fullHeapAtOnce, orphaned: "must" },
    on: {
      26: {
        because: "the compiler copes with it",
        status: "completed",
        code: undefined,
        limit: undefined,
        orphaned: "never",
      },
    },
  },
  {
    name: "huge-regular-expression-source",
    what: "Compiles regular expressions of six million characters, whose automata lie outside the heap.",
    // Some engines refuse them once they have taken the memory, and give it back at once.
    source: 'for (;;) { try { new RegExp("a?b".repeat(2 ** 21)).test("ab"); } catch {} }',
    limits: heap,
    runtimeLimits: { rssBytes: 400 * MiB },
    expect: {
      status: "failed",
      code: "ERR_CELL_MEMORY_LIMIT",
      limit: "rssBytes",
      orphaned: "may",
      enginePrints: true,
    },
    within: 20_000,
  },
]);
