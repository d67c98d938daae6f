// Attacks that fill the engine's heap bit by bit.
import { cellAttacks, MiB } from "../attack.mjs";
import { fullHeap, fullHeapAtOnce, heap } from "./memory-common.mjs";

export const memoryHeap = cellAttacks([
  {
    name: "heap-arrays",
    what: "Fills the heap with arrays that it keeps.",
    source: "const kept = []; for (;;) kept.push(new Array(1000).fill(1.5));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-least-limit",
    what: "Fills a heap of the smallest size that can be set.",
    source: "const kept = []; for (;;) kept.push({});",
    limits: { heapBytes: 4 * MiB },
    expect: fullHeap,
  },
  {
    name: "heap-catch-all",
    what: "Fills the heap in a try block whose catch and finally continue when memory runs out.",
    source:
      "const kept = []; for (;;) { try { for (;;) kept.push({}); } catch {} finally { continue; } }",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-strings",
    what: "Doubles strings and flattens each, so that every one has its own copy.",
    source:
      'let s = "x".repeat(1000); const kept = []; for (;;) { s += s.slice(0, 5e5) + kept.length; /z/.test(s); kept.push(s); }',
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-interned-strings",
    what: "Makes every string a key, which the engine keeps in its table of unique strings.",
    source: "const o = {}; for (let i = 0; ; i++) o['key' + i] = i;",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-map",
    what: "Grows a Map, whose table is copied whole at each doubling.",
    source: "const m = new Map(); for (let i = 0; ; i++) m.set(i, { i });",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-weak-map",
    what: "Grows a WeakMap whose keys it keeps alive elsewhere.",
    source:
      "const m = new WeakMap(), keys = []; for (;;) { const key = {}; keys.push(key); m.set(key, [1, 2, 3]); }",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-weak-refs",
    what: "Makes WeakRefs in one job, which keep their targets alive until the job ends.",
    source: "for (;;) new WeakRef(new Array(100));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-finalization-registry",
    what: "Registers objects without end for a callback at their collection.",
    source:
      "const r = new FinalizationRegistry(() => {}); for (let i = 0; ; i++) r.register({}, [i, i]);",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-symbols",
    what: "Makes symbols that it keeps.",
    source: "const kept = []; for (let i = 0; ; i++) kept.push(Symbol(i));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-symbol-registry",
    what: "Fills the global registry of symbols, which is never emptied.",
    source: "for (let i = 0; ; i++) Symbol.for('symbol' + i);",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-closures",
    what: "Chains closures, each of which keeps the one before alive.",
    source: "let f = () => 1; for (;;) { const g = f; f = () => g; }",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-promises",
    what: "Makes promises that never settle.",
    source: "const kept = []; for (;;) kept.push(new Promise(() => {}));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-reactions",
    what: "Hangs reactions without end onto one pending promise.",
    source: "const p = new Promise(() => {}); for (;;) p.then(() => {});",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-rejections",
    what: "Rejects promises without handling them, and keeps them.",
    source: "const kept = []; for (;;) kept.push(Promise.reject(new Array(100).fill(0)));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-big-integers",
    what: "Keeps ever larger BigInts.",
    source: "let n = 1n; const kept = []; for (;;) { n = n * 3n ** 10000n; kept.push(n); }",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-generators",
    what: "Suspends generators without end, each with a frame of its own.",
    source:
      "function* g(a) { yield a; yield a; } const kept = []; for (;;) { const it = g([1]); it.next(); kept.push(it); }",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-async-generator-queue",
    what: "Queues requests with large values without end at async generators.",
    source:
      "async function* g() { await new Promise(() => {}); } const kept = []; for (;;) { const it = g(); kept.push(it); for (let i = 0; i < 50; i++) it.next(new Array(1000).fill(i)); }",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-code-from-strings",
    what: "Compiles functions from strings, all different, and keeps them.",
    source:
      "const kept = []; for (let i = 0; ; i++) kept.push(new Function('a', 'return [a, ' + i + ', ' + '1,'.repeat(200) + ']'));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-regular-expressions",
    what: "Compiles regular expressions, all different, and keeps them and their code.",
    source:
      "const kept = []; for (let i = 0; ; i++) { const r = new RegExp(('(a|b' + i + ')+c').repeat(20)); r.test('ab'); kept.push(r); }",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-stacks",
    what: "Asks for stack traces without a limit on their length, and keeps the errors.",
    source:
      "Error.stackTraceLimit = Infinity; const kept = []; const deep = (n) => { if (n > 0) deep(n - 1); else for (;;) kept.push(new Error('x').stack, new Error('y')); }; deep(2000);",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-error-at-the-end",
    what: "Fills the heap with errors and throws one when memory runs out.",
    source:
      'const kept = []; try { for (;;) kept.push(new Error("x".repeat(1000))); } catch (e) { throw e; }',
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-infinite-iterable",
    what: "Spreads an iterable that never ends.",
    source: "[...(function* () { for (;;) yield {}; })()];",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-typed-array-from",
    what: "Makes a typed array from an iterable that never ends.",
    source: "Uint8Array.from((function* () { for (;;) yield 1; })());",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-as-settled",
    what: "Gives as_settled an iterable that never ends.",
    source: "as_settled((function* () { for (;;) yield {}; })());",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-stream-settled",
    what: "Gives stream_settled an iterable of pending promises that never ends.",
    source: "stream_settled((function* () { for (;;) yield new Promise(() => {}); })(), () => {});",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-timer-payloads",
    what: "Hangs large arguments onto timers that fire in a year.",
    source: "const f = () => {}; for (;;) setTimeout(f, 1e9, new Array(1000).fill(0));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-microtask-queue",
    what: "Queues microtasks in one job until memory runs out.",
    source: "const p = Promise.resolve(); for (;;) p.then(() => {});",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-loaded-copies",
    what: "Stores a value once and keeps copies of it without end.",
    source:
      'store("k", new Array(10000).fill("abc")); const kept = []; for (;;) kept.push(load("k"));',
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-tool-results",
    what: "Keeps the results of a tool that echoes what it is given.",
    source:
      'const kept = [], x = new Array(20000).fill("abc"); for (;;) kept.push(await tools.echo(x));',
    limits: heap,
    tools: ["echo"],
    expect: fullHeap,
  },
  {
    name: "heap-tool-result-larger",
    what: "Asks a tool for a result that is small as text and does not fit the heap as objects.",
    source: 'await tools.gives_many(); text("got it");',
    limits: { heapBytes: 16 * MiB, jsonValues: 10_000_000 },
    tools: ["gives_many"],
    expect: fullHeapAtOnce,
  },
  {
    name: "heap-many-cells",
    what: "Fills the heaps of eight cells at once.",
    source: "const kept = []; for (;;) kept.push({});",
    limits: { heapBytes: 16 * MiB },
    cells: 8,
    expect: fullHeap,
  },
  {
    name: "heap-fill-while-ending",
    what: "Goes on allocating while the host terminates it.",
    source:
      'text("in"); let kept = []; for (;;) { kept.push({}); if (kept.length > 1e5) kept = []; }',
    limits: heap,
    stop: { by: "terminate", when: "output" },
    expect: { status: "terminated", reason: "requested", output: ["in"] },
  },
]);
