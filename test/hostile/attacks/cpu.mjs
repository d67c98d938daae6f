// Attacks that want the processor.
import { cellAttacks, completes, MiB } from "../attack.mjs";

const processor = { cpuMs: 200 };
const wall = { wallMs: 200 };

/** @type {import("../attack.mjs").Expectation} */
const usedUp = { status: "failed", code: "ERR_CELL_CPU_LIMIT", limit: "cpuMs" };
/** @type {import("../attack.mjs").Expectation} */
const tooLong = { status: "failed", code: "ERR_CELL_WALL_LIMIT", limit: "wallMs" };

export const cpu = cellAttacks([
  {
    name: "loop",
    what: "Loops without end.",
    source: "for (;;) {}",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-of-builtins",
    what: "Loops over a builtin only, from which an optimizer may drop the check for interrupts.",
    source: "for (;;) new Array(1000).fill(1);",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-catch-finally",
    what: "Loops under a catch and a finally that refuse to end.",
    source: "for (;;) { try { for (;;) {} } catch {} finally { continue; } }",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-in-labels",
    what: "Jumps between labelled loops out of nested finally blocks.",
    source:
      "outer: for (;;) { inner: for (;;) { try { try { continue inner; } finally { continue outer; } } finally { continue inner; } } }",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-optimized",
    what: "Loops over arithmetic long enough to be compiled by the optimizing compiler.",
    source: "let x = 1; for (let i = 0; ; i = (i + 1) | 0) x = (x * 31 + i) | 0;",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-microtasks",
    what: "Keeps the queue of microtasks filled for ever.",
    source:
      "const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-await",
    what: "Awaits nothing without end.",
    source: "for (;;) await null;",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-thenable",
    what: "Awaits a thenable that resolves with itself.",
    source: "const t = { then(go) { go(t); } }; await t;",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-async-iterator",
    what: "Iterates over an async generator that never ends.",
    source: "for await (const x of (async function* () { for (;;) yield 1; })());",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "loop-timers",
    what: "Sets the next timer in each timer.",
    source: "const next = () => setTimeout(next); next(); await new Promise(() => {});",
    limits: wall,
    options: { deadlock: "wait" },
    expect: tooLong,
  },
  {
    name: "loop-many-timers",
    what: "Keeps a thousand timers due at every moment.",
    source:
      "for (let i = 0; i < 1000; i++) { const next = () => setTimeout(next); next(); } await new Promise(() => {});",
    limits: processor,
    options: { deadlock: "wait" },
    expect: usedUp,
  },
  {
    name: "sleep",
    what: "Sleeps for a year without using the processor.",
    source: "await new Promise((go) => setTimeout(go, 2 ** 31 - 1));",
    limits: wall,
    expect: tooLong,
  },
  {
    name: "sleep-past-timers",
    what: "Sets timers with every kind of hostile delay, which must neither fire in a loop nor never.",
    source: `
      const fired = [];
      for (const ms of [-1, NaN, -Infinity, "0", null, { valueOf: () => 0 }, 2 ** -1074]) setTimeout(() => fired.push(1), ms);
      for (const ms of [Infinity, 2 ** 60, Number.MAX_VALUE]) setTimeout(() => fired.push("huge"), ms);
      await new Promise((go) => setTimeout(go, 30));
      text(fired.filter((f) => f === 1).length);`,
    expect: completes("7"),
  },
  {
    name: "regexp-backtracking",
    what: "Matches a regular expression that backtracks exponentially.",
    source: '/^(a+)+$/.test("a".repeat(60) + "b");',
    limits: processor,
    expect: usedUp,
  },
  {
    name: "regexp-lookbehind",
    what: "Backtracks inside lookbehinds and back references.",
    source: String.raw`/(?<=(a*)*b\1)c(?=(?:a|aa)+$)|^(?:(a|aa)+\2)+$/u.test("a".repeat(50) + "!");`,
    limits: processor,
    expect: usedUp,
  },
  {
    name: "regexp-replace-loop",
    what: "Replaces with a callback that never returns.",
    source: '"aaa".replace(/a/g, () => { for (;;); });',
    limits: processor,
    expect: usedUp,
  },
  {
    name: "regexp-hostile-exec",
    what: "Replaces with a regular expression whose exec always finds the empty match.",
    source: `
      const r = /a/g;
      r.exec = () => ({ index: 0, 0: "", length: 1, get groups() { return undefined; } });
      "a".replace(r, "b");`,
    limits: { ...processor, heapBytes: 256 * MiB },
    expect: usedUp,
  },
  {
    name: "sort-comparator",
    what: "Sorts with a comparator that never returns.",
    source: "[3, 2, 1].sort(() => { for (;;); });",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "json-getter",
    what: "Makes JSON of an object with a getter that never returns.",
    source: "JSON.stringify({ get a() { for (;;); } });",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "json-reviver",
    what: "Parses JSON with a reviver that never returns.",
    source: 'JSON.parse("[[1]]", () => { for (;;); });',
    limits: processor,
    expect: usedUp,
  },
  {
    name: "proxy-own-keys",
    what: "Spreads a proxy whose ownKeys never returns.",
    source: "({ ...new Proxy({}, { ownKeys() { for (;;); } }) });",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "proxy-prototype-chain",
    what: "Looks up a property along a chain of proxies that leads back to itself.",
    source: "const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); p.x;",
    expect: { status: "failed", code: "ERR_CELL_SCRIPT", error: "" },
  },
  {
    name: "big-integer-power",
    what: "Raises BigInts to powers without end.",
    source: "for (;;) 3n ** 1000000n;",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "big-integer-to-string",
    what: "Writes out BigInts of millions of digits.",
    source: "const n = 3n ** 4000000n; for (;;) n.toString();",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "string-normalize",
    what: "Loops over one slow builtin in a loop so short that the engine asks only every few thousand rounds whether to stop.",
    source: 'const s = "\\ufdfa".repeat(1e4); for (;;) s.normalize("NFKD");',
    limits: processor,
    expect: { ...usedUp, orphaned: "may" },
  },
  {
    name: "string-locale-compare",
    what: "Compares long texts by locale, each time for longer than the grace that a cell has to react.",
    source: 'const s = "ä".repeat(1e5); for (;;) (s + "a").localeCompare(s + "b", "de");',
    limits: processor,
    expect: { ...usedUp, orphaned: "may" },
  },
  {
    name: "date-parsing",
    what: "Parses and formats dates by locale without end.",
    source: 'for (;;) new Date(Date.parse("2000-01-01")).toLocaleString("ar");',
    limits: processor,
    expect: usedUp,
  },
  {
    name: "eval-loop",
    what: "Compiles without end.",
    source: 'for (let i = 0; ; i++) (0, eval)("(function f" + i + "() {})");',
    limits: processor,
    expect: usedUp,
  },
  {
    name: "throw-and-catch",
    what: "Throws and catches errors, with their stacks, without end.",
    source: "for (;;) { try { null.x; } catch (e) { e.stack; } }",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "deep-recursion-again",
    what: "Overflows the stack over and over.",
    source: "const f = () => f(); for (;;) { try { f(); } catch {} }",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "exponential-recursion",
    what: "Calls itself from catch and finally at every level, which takes time without end.",
    source: "const f = () => { try { f(); } catch { f(); } finally { f(); } }; f();",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "compile-time",
    what: "Makes sources of megabytes, which take long to compile, and the compiler does not ask whether to stop.",
    source:
      'const body = "function f() { return [" + "a=>b=>c=>d,".repeat(3e5) + "]; } f();"; for (;;) new Function(body)();',
    limits: processor,
    expect: { ...usedUp, orphaned: "may" },
  },
  {
    name: "across-yields",
    what: "Hands control back between small pieces of work, so that no piece is long.",
    source:
      "for (;;) { for (const until = Date.now() + 10; Date.now() < until; ); yield_control(); await new Promise((go) => setTimeout(go)); }",
    limits: processor,
    expect: usedUp,
  },
  {
    name: "between-tool-calls",
    what: "Works a little between tool calls, so that it is mostly waiting.",
    source:
      "for (;;) { for (const until = Date.now() + 10; Date.now() < until; ); await tools.echo(1); }",
    limits: processor,
    tools: ["echo"],
    expect: usedUp,
  },
  {
    name: "waiting-is-no-work",
    what: "Waits for longer than its processor time allows, which must not count.",
    source: 'await new Promise((go) => setTimeout(go, 400)); text("rested");',
    limits: processor,
    expect: completes("rested"),
  },
  {
    name: "sixteen-cells",
    what: "Loops in sixteen cells at once, to keep the host and its other cells from the processor.",
    source: "for (;;) {}",
    limits: processor,
    cells: 16,
    expect: usedUp,
    within: 20_000,
  },
  {
    name: "in-host-module",
    what: "Loops while a module of the host is evaluated.",
    source: 'await import("endless");',
    modules: { endless: "for (;;);" },
    limits: processor,
    expect: usedUp,
  },
  {
    name: "uninterruptible-cpu",
    what: "Passes its processor time inside a builtin that cannot be interrupted.",
    source: "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
    limits: processor,
    expect: { ...usedUp, orphaned: "must" },
  },
]);
