// Attacks that want to go on when the host says stop.
import { cellAttacks, MiB } from "../attack.mjs";

/** @type {import("../attack.mjs").Stop} */
const terminate = { by: "terminate", when: "output" };

/** @type {import("../attack.mjs").Expectation} */
const terminated = { status: "terminated", reason: "requested", output: ["in"] };
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

export const termination = cellAttacks([
  {
    name: "stop-loop",
    what: "Loops when it is terminated.",
    source: 'text("in"); for (;;) {}',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-catch-finally",
    what: "Catches everything and goes on in finally when it is terminated.",
    source:
      'text("in"); for (;;) { try { for (;;) {} } catch { text("caught"); } finally { continue; } }',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-promise-finally",
    what: "Goes on in finally and catch handlers of promises when it is terminated.",
    source:
      'text("in"); const go = () => Promise.reject().finally(() => { for (;;); }).catch(go).then(go); await go();',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-generator-return",
    what: "Holds a generator open that loops in its finally.",
    source:
      'text("in"); for (const x of (function* () { try { yield 1; } finally { for (;;); } })()) break;',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-in-tool-call",
    what: "Waits for a tool that never answers.",
    source: 'text("in"); try { await tools.hang(); } finally { text("finally"); }',
    tools: ["hang"],
    stop: { by: "terminate", when: "toolCallStarted" },
    expect: terminated,
  },
  {
    name: "stop-while-calling",
    what: "Calls tools without end when it is terminated.",
    source: 'text("in"); for (;;) await tools.echo(1);',
    tools: ["echo"],
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-in-to-json",
    what: "Is inside toJSON, called by the helper that makes a tool's input.",
    source: 'text("in"); tools.echo({ toJSON() { for (;;); } });',
    tools: ["echo"],
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-in-to-string",
    what: "Is inside toString, called by the helper that stores.",
    source: 'text("in"); store({ toString() { for (;;); } }, 1);',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-in-content-iterator",
    what: "Is inside an iterator that content() reads to the end.",
    source: 'text("in"); content((function* () { for (;;) yield { type: "text", text: "" }; })());',
    stop: terminate,
    expect: { status: "terminated", reason: "requested" },
  },
  {
    name: "stop-in-stack-getter",
    what: "Has thrown an error whose stack never returns, which is read after the cell's code has ended.",
    source: 'throw { get stack() { text("in"); for (;;); } };',
    stop: terminate,
    expect: { status: "terminated", reason: "requested" },
  },
  {
    name: "stop-in-prepare-stack-trace",
    what: "Is inside Error.prepareStackTrace, called by the engine itself.",
    source: 'text("in"); Error.prepareStackTrace = () => { for (;;); }; new Error("x").stack;',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-in-rejection-text",
    what: "Has a rejection nobody handles, whose text never ends, read at the cell's end.",
    source: 'Promise.reject({ toString() { text("in"); for (;;); } });',
    stop: terminate,
    expect: { status: "terminated", reason: "requested" },
  },
  {
    name: "stop-in-settled-callback",
    what: "Is inside the callback of stream_settled.",
    source: 'text("in"); await stream_settled([1, 2], () => { for (;;); });',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-in-module",
    what: "Is inside the top level of a module it imports.",
    source: 'text("in"); await import("endless");',
    modules: { endless: "for (;;);" },
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-in-top-level-await",
    what: "Waits for a module whose top-level await never settles.",
    source: 'text("in"); await import("pending");',
    modules: { pending: "await new Promise(() => {});" },
    options: { deadlock: "wait" },
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-asleep",
    what: "Sleeps, and has nothing that could be interrupted.",
    source: 'text("in"); await new Promise((go) => setTimeout(go, 1e9));',
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-nothing-to-wait-for",
    what: "Waits for what never happens.",
    source: 'text("in"); await new Promise(() => {});',
    options: { deadlock: "wait" },
    stop: terminate,
    expect: terminated,
  },
  {
    name: "stop-while-writing",
    what: "Writes faster than the host reads, and is held back when it is terminated.",
    source: 'for (;;) text("x".repeat(1e5));',
    limits: { outputBytes: 2 ** 40, outputItems: 1e9 },
    stop: terminate,
    expect: { status: "terminated", reason: "requested" },
  },
  {
    name: "stop-before-start",
    what: "Is terminated before its thread has started.",
    source: 'text("in"); for (;;) {}',
    stop: { by: "terminate", when: "atOnce" },
    expect: { status: "terminated", reason: "requested" },
  },
  {
    name: "stop-at-start",
    what: "Is terminated the moment its code begins.",
    source: "for (;;) {}",
    stop: { by: "terminate", when: "started" },
    expect: { status: "terminated", reason: "requested", output: [] },
  },
  {
    name: "stop-storm",
    what: "Is terminated a hundred times at once.",
    source: 'text("in"); for (;;) {}',
    stop: { by: "storm", when: "output" },
    expect: terminated,
  },
  {
    name: "stop-twenty-cells",
    what: "Loops in twenty cells that are all terminated as they write.",
    source: 'text("in"); for (;;) { try { for (;;); } finally { continue; } }',
    cells: 20,
    stop: terminate,
    expect: terminated,
    within: 20_000,
  },
  {
    name: "stop-by-closing",
    what: "Loops when its session is closed.",
    source: 'text("in"); for (;;) {}',
    stop: { by: "closeSession", when: "output" },
    expect: { status: "terminated", reason: "closed", output: ["in"] },
  },
  {
    name: "stop-by-closing-before-start",
    what: "Is starting when its session is closed.",
    source: 'text("in"); for (;;) {}',
    cells: 8,
    stop: { by: "closeSession", when: "atOnce" },
    expect: { status: "terminated", reason: "closed" },
  },
  {
    name: "stop-by-signal",
    what: "Loops when the signal of its exec is aborted.",
    source: 'text("in"); for (;;) {}',
    stop: { by: "abortSignal", when: "output" },
    expect: { status: "terminated", reason: "aborted", output: ["in"] },
  },
  {
    name: "stop-by-signal-in-tool",
    what: "Waits for a tool when the signal of its exec is aborted.",
    source: 'text("in"); await tools.hang();',
    tools: ["hang"],
    stop: { by: "abortSignal", when: "toolCallStarted" },
    expect: { status: "terminated", reason: "aborted", output: ["in"] },
  },
  {
    name: "stop-drops-writes",
    what: "Stores a value before it is terminated, which must not be kept.",
    source: 'store("k", "from a terminated cell"); text("in"); for (;;) {}',
    stop: terminate,
    expect: { ...terminated, stored: {} },
  },
  {
    name: "exit-then-loop",
    what: "Calls exit() and tries to go on after it.",
    source: 'text("in"); try { exit(); } catch { text("caught"); } finally { for (;;); }',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-getter",
    what: "Calls exit() inside a getter that text() reads.",
    source: 'text("in"); text({ get a() { exit(); } }); for (;;) text("after");',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-catch-loop",
    what: "Calls exit() inside a finally inside a loop that catches everything.",
    source:
      'text("in"); for (;;) { try { throw 1; } catch { try { exit(); } catch {} } finally { continue; } }',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-to-json",
    what: "Calls exit() inside the toJSON of a tool's input; the call must not be made.",
    source: 'text("in"); tools.hang({ toJSON() { exit(); } }); text("after");',
    tools: ["hang"],
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-timer",
    what: "Calls exit() in a timer while its code waits for ever, with more timers due.",
    source:
      'text("in"); setTimeout(() => exit()); setTimeout(() => text("after")); await new Promise(() => {});',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-in-stack-getter",
    what: "Calls exit() while its own error is being described.",
    source: 'text("in"); throw { get stack() { exit(); }, get message() { exit(); } };',
    expect: { status: "completed", output: ["in"] },
  },
  {
    name: "exit-at-stack-limit",
    what: "Calls exit() where the stack is exhausted.",
    source: 'text("in"); const f = () => { try { f(); } finally { exit(); } }; f(); text("after");',
    expect: { status: "completed", output: ["in"] },
  },
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
    what: "Skips four billion elements with the engine's own iterator.",
    source: `
      const list = { get length() { text("in"); Object.defineProperty(this, "length", { value: 2 ** 32 - 1 }); return 1; } };
      Array.prototype.values.call(list).drop(2 ** 32 - 2).next();`,
    stop: terminate,
    expect: terminated,
    on: {
      20: {
        because: "there are no iterator helpers",
        status: "failed",
        code: "ERR_CELL_SCRIPT",
        output: [],
        reason: undefined,
      },
    },
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
    next: { source: 'text("ran")', refused: "ERR_TOO_MANY_ORPHANS" },
    expect: cutOff,
  },
  {
    name: "queue-of-cells",
    what: "Asks for two hundred cells where four may be alive, to keep other sessions waiting.",
    source: 'for (const until = Date.now() + 3; Date.now() < until; ); text("ran");',
    cells: 200,
    limits: { cells: 4 },
    expect: { status: "completed", output: ["ran"] },
    within: 20_000,
  },
  {
    name: "queue-overflow",
    what: "Asks for more cells than may wait.",
    source: "await new Promise((go) => setTimeout(go, 20));",
    cells: 50,
    limits: { cells: 2, queuedCells: 8 },
    neighbour: "apart",
    expect: { status: "completed", refused: { code: "ERR_QUEUE_FULL", count: 40 } },
  },
  {
    name: "queue-aborted",
    what: "Gives up waiting for its turn behind a cell that never ends.",
    source: 'text("in"); for (;;) {}',
    cells: 3,
    limits: { cells: 1 },
    stop: { by: "abortSignal", when: "atOnce" },
    expect: { status: "terminated", reason: "aborted" },
  },
]);
