// Attacks through `dialect: "lenient"`: sources that are compiled or run more than once, what is run
// after their end, and names of tools that are looked for.
import { cellAttacks, completes, KiB } from "../attack.mjs";

const options = /** @type {const} */ ({ dialect: "lenient" });

export const lenient = cellAttacks([
  {
    name: "lenient-many-lines",
    what: "Has as many lines as are looked through, each of which may begin the last expression.",
    source: `${"a;\n".repeat(20 * KiB)}for (;;) break;`,
    options,
    expect: { status: "failed", code: "ERR_CELL_SCRIPT", error: "a is not defined" },
  },
  {
    name: "lenient-deep-lines",
    what: "Has thousands of lines, each opening a bracket, so that every form is parsed to its end.",
    source: `const f = 1;\n${"f(\n".repeat(5000)}1${")".repeat(5000)};\nwhile (0);`,
    options,
    expect: { status: "failed" },
  },
  {
    name: "lenient-closed-body",
    what: "Closes the function that its source is put into, and opens another.",
    source: 'return 1}]; const rest = [() => { tools = null; throw "out"',
    options,
    expect: completes("1"),
  },
  {
    name: "lenient-closed-array",
    what: "Makes the module around its source export something else than functions.",
    source: "return 1}].length; [{",
    options,
    expect: { status: "failed", error: "Illegal return statement" },
  },
  {
    name: "lenient-loop-in-uncalled",
    what: "Is a function that never ends, and is called because nothing calls it.",
    source: "async () => { for (;;); }",
    options,
    limits: { cpuMs: 300 },
    expect: { status: "failed", code: "ERR_CELL_CPU_LIMIT", limit: "cpuMs" },
  },
  {
    name: "lenient-endless-functions",
    what: "Returns a function that returns itself, without end.",
    source: "const f = () => f;\nreturn f;",
    options,
    expect: completes(),
  },
  {
    name: "lenient-thenable-result",
    what: "Returns an object whose then calls back with itself for ever.",
    source: "return { then(done) { done(this); } };",
    options,
    stop: { by: "terminate", when: "started" },
    expect: { status: "terminated" },
  },
  {
    name: "lenient-hostile-result",
    what: "Returns a value whose JSON throws, after its code has ended.",
    source: 'return { toJSON() { throw new Error("no JSON"); } };',
    options,
    expect: { status: "failed", error: "no JSON" },
  },
  {
    name: "lenient-loop-in-result",
    what: "Returns a value whose JSON never ends.",
    source: "return { toJSON() { for (;;); } };",
    options,
    limits: { cpuMs: 300 },
    expect: { status: "failed", code: "ERR_CELL_CPU_LIMIT", limit: "cpuMs" },
  },
  {
    name: "lenient-hostile-source-text",
    what: "Exports a function that lies about its source, its length and what it is.",
    source:
      'const f = () => 1; f.toString = () => { throw 1; }; Object.defineProperty(f, "length", { get() { throw 2; } });\nexport default new Proxy(f, {});',
    options,
    expect: completes(),
  },
  {
    name: "lenient-left-work-for-ever",
    what: "Leaves a timer behind that starts itself again, and outputs nothing.",
    source: "const again = () => setTimeout(again, 0);\nvoid again();",
    options,
    limits: { cpuMs: 300 },
    expect: { status: "failed", code: "ERR_CELL_CPU_LIMIT", limit: "cpuMs" },
  },
  {
    name: "lenient-paths",
    what: "Reads members of tools that do not exist, deeper and deeper.",
    source:
      'let at = tools.a; for (let i = 0; i < 2_000; i++) at = at.b ?? tools["x".repeat(1e6)]; text(typeof at);',
    options,
    expect: completes("undefined"),
  },
  {
    name: "lenient-unknown-tools-kept",
    what: "Keeps hundreds of thousands of members of tools that do not exist.",
    source: "const all = []; for (;;) all.push(tools.a.b);",
    options,
    limits: { heapBytes: 32 * KiB * KiB },
    expect: { status: "failed", code: "ERR_CELL_HEAP_LIMIT", limit: "heapBytes" },
  },
  {
    name: "lenient-text-of-many",
    what: "Joins the same long text to more than a string can hold.",
    source: 'const long = "x".repeat(2 ** 28); text(...Array(4).fill(long));',
    options,
    expect: { status: "failed" },
  },
  {
    name: "lenient-callback-of-itself",
    what: "Calls text as a list does, with a list whose elements throw.",
    source:
      'const list = [1]; Object.defineProperty(list, 0, { get() { throw new Error("element"); } }); try { text(1, 0, list); } catch (e) { text(e.message); }',
    options,
    expect: completes("element"),
  },
]);
