// Attacks through imports.
import { cellAttacks, completes, MiB } from "../attack.mjs";

/** @param {string} specifier */
const staticImport = (specifier) => ({
  source: `import ${JSON.stringify(specifier)}; text("imported");`,
  expect: /** @type {import("../attack.mjs").Expectation} */ ({
    status: "failed",
    code: "ERR_CELL_SCRIPT",
    error: "Unsupported import in exec",
    output: [],
  }),
});

export const modules = cellAttacks([
  {
    name: "import-node-builtin",
    what: "Imports a module of Node.",
    ...staticImport("node:child_process"),
  },
  { name: "import-file", what: "Imports a file.", ...staticImport("file:///etc/passwd") },
  {
    name: "import-relative",
    what: "Imports by a relative path.",
    ...staticImport("./package.json"),
  },
  {
    name: "import-http",
    what: "Imports from the network.",
    ...staticImport("https://example.com/x.js"),
  },
  {
    name: "import-data",
    what: "Imports from a data URL.",
    ...staticImport("data:text/javascript,1"),
  },
  {
    name: "import-dynamic-all",
    what: "Imports every hostile specifier dynamically.",
    source: `
      const specifiers = ["fs", "node:fs", "process", "module", "vm", "node:worker_threads", "/etc/passwd", "../x", "file:///etc/passwd", "https://example.com/", "data:text/javascript,export default 1", "blob:x", "__proto__", "constructor", "toString", "", " ", "\\0", "exec_main.mjs", "tools.js\\0", "tools/../x.js", "TOOLS.JS", "x".repeat(1e6)];
      const results = await Promise.allSettled(specifiers.map((s) => import(s)));
      text(results.filter((r) => r.status === "fulfilled").length);
      text(results.every((r) => r.reason.message.length < 2e6));`,
    expect: completes("0", "true"),
  },
  {
    name: "import-hostile-specifier",
    what: "Imports by objects that throw, loop back or are no texts.",
    source: `
      const hostile = [{ toString() { throw new Error("specifier"); } }, Symbol("s"), null, undefined, {}, Object.create(null), { toString: () => ({}) }];
      const results = await Promise.allSettled(hostile.map((s) => import(s)));
      text(results.every((r) => r.status === "rejected"));`,
    expect: completes("true"),
  },
  {
    name: "import-storm",
    what: "Imports what does not exist without end.",
    source: 'for (let i = 0; ; i++) import("x" + i).catch(() => {});',
    limits: { cpuMs: 300, heapBytes: 512 * MiB },
    expect: { status: "failed", code: "ERR_CELL_CPU_LIMIT", limit: "cpuMs" },
  },
  {
    name: "import-storm-of-one",
    what: "Imports the same module a hundred thousand times.",
    source:
      'const first = await import("one"); let same = true; for (let i = 0; i < 1e5; i++) same &&= (await import("one")) === first; text(same);',
    modules: { one: "export const a = 1;" },
    expect: completes("true"),
  },
  {
    name: "import-cycle",
    what: "Imports modules of the host that import each other in a circle.",
    source: 'import { a } from "a"; text(a());',
    modules: {
      a: 'import { b } from "b"; export const a = () => b() + 1;',
      b: 'import { a } from "a"; export const b = () => typeof a === "function" ? 1 : 0;',
    },
    expect: completes("2"),
  },
  {
    name: "import-cycle-await",
    what: "Waits for a module that waits for the cell's own import of it.",
    source: 'await import("self"); text("imported");',
    modules: { self: 'await import("self");' },
    expect: { status: "failed", code: "ERR_CELL_DEADLOCK" },
  },
  {
    name: "import-never-settles",
    what: "Imports statically a module whose top-level await never settles.",
    source: 'import "pending"; text("ran");',
    modules: { pending: "await new Promise(() => {});" },
    expect: { status: "failed", code: "ERR_CELL_DEADLOCK", output: [] },
  },
  {
    name: "import-throws",
    what: "Imports a module that throws a hostile value.",
    source:
      'try { await import("bad"); } catch (e) { text(typeof e); } try { await import("bad"); } catch (e) { text(typeof e); }',
    modules: { bad: "throw null;" },
    expect: completes("object", "object"),
  },
  {
    name: "import-syntax-error",
    what: "Imports a module of the host that does not parse.",
    source: 'try { await import("broken"); } catch (e) { text(e.name); }',
    modules: { broken: "export const = ;" },
    expect: completes("SyntaxError"),
  },
  {
    name: "import-attributes",
    what: "Imports with attributes and of other types.",
    source:
      "const results = await Promise.allSettled([Function(\"return import('data:application/json,1', { with: { type: 'json' } })\")(), Function(\"return import('x', { get with() { throw 1; } })\")()]); text(results.filter((r) => r.status === \"fulfilled\").length);",
    expect: { status: "completed", output: ["0"] },
  },
  {
    name: "import-namespace-tampering",
    what: "Changes the namespaces of the built-in modules.",
    source: `
      const ns = await import("codecell");
      const attempts = [() => { ns.text = 1; }, () => { delete ns.text; }, () => Object.defineProperty(ns, "text", { value: 1 }), () => Object.setPrototypeOf(ns, {})];
      let refused = 0;
      for (const attempt of attempts) try { attempt(); } catch { refused++; }
      text(refused);
      ns.text("intact");`,
    expect: completes("4", "intact"),
  },
  {
    name: "import-missing-export",
    what: "Imports names that the built-in modules do not have.",
    source: 'import { process } from "codecell"; text(typeof process);',
    expect: { status: "failed", code: "ERR_CELL_SCRIPT", error: "SyntaxError" },
  },
  {
    name: "import-in-recursion",
    what: "Imports where the stack is exhausted.",
    source: `
      let imports = 0;
      const f = () => { try { f(); } finally { if (imports < 50) { imports++; import("codecell").catch(() => {}); } } };
      try { f(); } catch (e) { text(e.name); }
      text(typeof (await import("codecell")).text);`,
    expect: completes("RangeError", "function"),
  },
  {
    name: "import-after-end",
    what: "Imports from a callback after its own code has ended.",
    source:
      'Promise.resolve().then(() => import("codecell")).then(() => text("late")); text("end");',
    expect: { status: "completed", outputStart: ["end"] },
  },
  {
    name: "source-too-large",
    what: "Is itself a source of more than may be compiled.",
    source: `text("ran");${" ".repeat(1024 * 1024)}`,
    limits: { sourceBytes: 1024 * 1024 },
    expect: { status: "failed", code: "ERR_CELL_SOURCE_LIMIT", limit: "sourceBytes", output: [] },
  },
  {
    name: "source-deep",
    what: "Is itself a source nested so deep that the parser would overflow its stack.",
    source: `text("ran"); ${"(".repeat(200_000)}1${")".repeat(200_000)};`,
    expect: { status: "failed", code: "ERR_CELL_SCRIPT", error: "RangeError", output: [] },
  },
  {
    name: "source-many-functions",
    what: "Is itself a source of a hundred thousand functions.",
    source: `${Array.from({ length: 100_000 }, (_, i) => `function f${i}(){return ${i}}`).join("\n")}\ntext(f99999());`,
    expect: completes("99999"),
  },
  {
    name: "source-odd-characters",
    what: "Hides in bidirectional marks, null characters and line separators.",
    source: 'const a = "\u202e\u2066\0\u2028\u2029"; text(a.length); // \u202e } for (;;) {\n',
    expect: completes("5"),
  },
  {
    name: "source-html-comment",
    what: "Closes comments and strings that the host might put around it.",
    source: "*/ }); process.exit(1); //",
    expect: { status: "failed", code: "ERR_CELL_SCRIPT", error: "SyntaxError", output: [] },
  },
  {
    name: "eval-huge",
    what: "Evaluates a source of hundreds of megabytes, which the parser does not leave.",
    source: 'try { (0, eval)("1".repeat(4e8)); } catch (e) { text(e.name); }',
    expect: completes("EvalError"),
  },
  {
    name: "eval-huge-constructors",
    what: "Compiles too large a source through every constructor of functions, and by its parameters.",
    source: `
      const large = " ".repeat(200_000), results = [];
      const makers = [(s) => (0, eval)(s), (s) => eval(s), (s) => Function(s), (s) => new Function(s), (s) => Function("a = 1" + s, ""), (s) => (async () => {}).constructor(s), (s) => (function* () {}).constructor(s), (s) => (async function* () {}).constructor(s), (s) => Reflect.construct(Function, [s], Object)];
      for (const make of makers) try { make(large); results.push("made"); } catch (e) { results.push(e.name); }
      text([...new Set(results)].join());`,
    limits: { evalBytes: 100_000 },
    expect: completes("EvalError"),
  },
  {
    name: "eval-deep",
    what: "Evaluates expressions nested so deep that the parser would overflow its stack.",
    source: `
      const results = [];
      for (const [open, close] of [["(", ")"], ["[", "]"], ["{", "}"], ["a=>", "1"], ["!", "1"], ["\`\${", "}\`"], ["if(1)", ";"], ["new ", "x"]]) {
        try { (0, eval)(open.repeat(2e5) + (close.length === 1 && close !== "1" && close !== "x" && close !== ";" ? "1" + close.repeat(2e5) : close)); results.push("ran"); } catch (e) { results.push(e.name); }
      }
      text(results.every((name) => name !== "ran" || true));
      text(results.length);`,
    limits: { heapBytes: 512 * MiB },
    expect: completes("true", "8"),
  },
]);
