// Attacks that want all memory: of the engine's heap, of buffers beside it, of the process.
import { cellAttacks, MiB } from "../attack.mjs";

const heap = { heapBytes: 32 * MiB };
const buffers = { arrayBufferBytes: 16 * MiB };

/** @type {import("../attack.mjs").Expectation} */
const fullHeap = { status: "failed", code: "ERR_CELL_HEAP_LIMIT", limit: "heapBytes" };

/** One allocation may be past all headroom: then V8 gives up, and its thread stays asleep. */
/** @type {import("../attack.mjs").Expectation} */
const fullHeapAtOnce = { ...fullHeap, orphaned: "may", enginePrints: true };

/** @param {readonly string[]} output @returns {import("../attack.mjs").Expectation} */
const completes = (...output) => ({ status: "completed", output });

export const memory = cellAttacks([
  {
    name: "heap-arrays",
    what: "Fills the heap with arrays that it keeps.",
    source: "const kept = []; for (;;) kept.push(new Array(1000).fill(1.5));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "heap-least-limit",
    what: "Fills a heap of the least size that can be set.",
    source: "const kept = []; for (;;) kept.push({});",
    limits: { heapBytes: 4 * MiB },
    expect: fullHeap,
  },
  {
    name: "heap-catch-all",
    what: "Fills the heap under a catch and a finally that go on when memory runs out.",
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
    what: "Rejects promises that nobody handles, and keeps them.",
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
    limits: { heapBytes: 16 * MiB },
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
    limits: heap,
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
    limits: heap,
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
    what: "Compiles a regular expression of six million characters, whose automaton lies outside the heap.",
    source: 'new RegExp("a?b".repeat(2 ** 21)).test("ab"); for (;;);',
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
  {
    name: "buffer-huge",
    what: "Asks for one ArrayBuffer of a terabyte.",
    source: "try { new ArrayBuffer(2 ** 40); } catch (e) { text(e.name); }",
    limits: buffers,
    expect: completes("RangeError"),
  },
  {
    name: "buffer-many",
    what: "Keeps buffers of every kind until no more are given.",
    source:
      "const kept = []; try { for (;;) kept.push(new ArrayBuffer(2 ** 20), new Float64Array(2 ** 17), new Uint8ClampedArray(2 ** 20)); } catch (e) { text(e.name); } text(kept.length);",
    limits: buffers,
    expect: completes("RangeError", "15"),
  },
  {
    name: "buffer-small-ones",
    what: "Keeps a million buffers of a few bytes each, which cost more than they hold.",
    source: "const kept = []; for (;;) kept.push(new ArrayBuffer(65));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "buffer-resizable",
    what: "Reserves address space with a resizable buffer, through every way to its constructor.",
    source: `
      const options = { maxByteLength: 2 ** 32 };
      const native = Object.getPrototypeOf(Uint8Array);
      const ways = [
        () => new ArrayBuffer(1, options),
        () => new (new Uint8Array(1).buffer.constructor)(1, options),
        () => new ArrayBuffer.prototype.constructor(1, options),
        () => Reflect.construct(ArrayBuffer, [1, options]),
        () => Reflect.construct(ArrayBuffer, [1, options], native),
        () => new (class extends ArrayBuffer {})(1, options),
        () => new ArrayBuffer(1, Object.create(options)),
        () => new ArrayBuffer(1, new Proxy(options, {})),
        () => new (Object.getPrototypeOf(class extends ArrayBuffer {}))(1, options),
      ];
      const made = ways.filter((way) => { try { return way().resizable === true; } catch { return false; } });
      text(made.length);`,
    limits: buffers,
    expect: completes("0"),
  },
  {
    name: "buffer-resizable-second-look",
    what: "Shows a plain options object at the first reading and a resizable one at the second.",
    source: `
      let looks = 0;
      const options = { get maxByteLength() { looks += 1; return looks > 1 ? 2 ** 32 : undefined; } };
      const buffer = new ArrayBuffer(8, options);
      text([looks, buffer.resizable === true, buffer.byteLength].join());`,
    limits: buffers,
    expect: completes("1,false,8"),
  },
  {
    name: "buffer-resizable-species",
    what: "Lets the species of slice() and of typed arrays make a resizable buffer.",
    source: `
      const seen = [];
      class Grown extends ArrayBuffer {
        static get [Symbol.species]() { return function (n) { return new ArrayBuffer(n, { maxByteLength: 2 ** 32 }); }; }
      }
      try { seen.push(new Grown(8).slice(0, 4).resizable); } catch (e) { seen.push(e.name); }
      const array = new Uint8Array(8);
      array.constructor = { [Symbol.species]: function () { return new Uint8Array(new ArrayBuffer(8, { maxByteLength: 2 ** 32 })); } };
      try { seen.push(array.slice(0, 4).buffer.resizable); } catch (e) { seen.push(e.name); }
      text(seen.join());`,
    limits: buffers,
    expect: completes("RangeError,RangeError"),
  },
  {
    name: "buffer-shared",
    what: "Looks for shared memory behind every name and constructor that might still lead to it.",
    source: `
      const indirect = (0, eval)("typeof SharedArrayBuffer");
      const made = Function("return typeof SharedArrayBuffer + typeof WebAssembly + typeof Atomics")();
      const keys = Reflect.ownKeys(globalThis).filter((key) => /Shared|Wasm|WebAssembly|Atomics/.test(String(key)));
      const tag = Object.prototype.toString.call(new Uint8Array(1).buffer);
      text([indirect, made, keys.length, tag].join());`,
    expect: completes("undefined,undefinedundefinedundefined,0,[object ArrayBuffer]"),
  },
  {
    name: "buffer-transfer",
    what: "Moves a buffer to ever larger ones with transfer(), to be counted once only.",
    source: `
      const kept = [];
      try {
        for (let size = 2 ** 20; ; size += 2 ** 20) {
          kept.push(new ArrayBuffer(2 ** 20).transfer(size));
          if (kept.length > 64) break;
        }
      } catch (e) { text(e.name); }
      text(kept.reduce((sum, b) => sum + b.byteLength, 0) <= 16 * 2 ** 20);`,
    limits: buffers,
    expect: completes("RangeError", "true"),
    on: { 20: { because: "there is no transfer()", output: ["TypeError", "true"] } },
  },
  {
    name: "buffer-transfer-resizable",
    what: "Asks transfer() for a resizable buffer.",
    source: `
      const buffer = new ArrayBuffer(8);
      const moved = buffer.transfer ? buffer.transfer(16, { maxByteLength: 2 ** 32 }) : buffer;
      text(moved.resizable === true);`,
    limits: buffers,
    expect: completes("false"),
  },
  {
    name: "buffer-given-back",
    what: "Makes and drops far more buffers than the limit, which must not count when they are gone.",
    source: "for (let i = 0; i < 200; i++) new Uint8Array(2 ** 22)[0] = i; text('done');",
    limits: buffers,
    expect: completes("done"),
  },
  {
    name: "native-date-formats",
    what: "Keeps ICU objects, whose memory lies outside the engine's heap.",
    source:
      'const kept = []; for (;;) kept.push(new Intl.DateTimeFormat("de", { timeZone: "Europe/Berlin", dateStyle: "full", timeStyle: "full" }));',
    runtimeLimits: { rssBytes: 400 * MiB },
    expect: { status: "failed", code: "ERR_CELL_MEMORY_LIMIT", limit: "rssBytes" },
  },
  {
    name: "native-collators",
    what: "Keeps collators and number formats of every locale.",
    source:
      'const kept = []; const of = ["de", "ja", "ar", "zh", "th"]; for (let i = 0; ; i++) kept.push(new Intl.Collator(of[i % 5]), new Intl.NumberFormat(of[i % 5], { style: "currency", currency: "EUR" }), new Intl.Segmenter(of[i % 5]));',
    runtimeLimits: { rssBytes: 400 * MiB },
    expect: { status: "failed", code: "ERR_CELL_MEMORY_LIMIT", limit: "rssBytes" },
  },
  {
    name: "process-memory-many-cells",
    what: "Fills four heaps at once, each within its own limit, to exhaust the process together.",
    source:
      "const kept = []; for (;;) { kept.push(new Array(25e4).fill(0.5)); await new Promise((go) => setTimeout(go, 10)); }",
    cells: 4,
    limits: { heapBytes: 1024 * MiB },
    runtimeLimits: { rssBytes: 220 * MiB },
    expect: { status: "failed", code: "ERR_CELL_MEMORY_LIMIT", limit: "rssBytes" },
    within: 20_000,
  },
]);
