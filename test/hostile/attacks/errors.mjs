// Attacks through errors: hostile thrown values, stacks, recursion, and what happens at the end.
import { cellAttacks, completes, MiB } from "../attack.mjs";

/**
 * A value that is thrown; the cell fails with some text, and nothing else happens.
 * @param {string} name
 * @param {string} what
 * @param {string} source
 * @param {string} [error]
 */
function thrown(name, what, source, error = "") {
  return {
    name: `throw-${name}`,
    what,
    source: `text("before"); ${source}`,
    expect: /** @type {import("../attack.mjs").Expectation} */ ({
      status: "failed",
      code: "ERR_CELL_SCRIPT",
      error,
      output: ["before"],
    }),
  };
}

export const errors = cellAttacks([
  thrown(
    "to-string-throws",
    "Throws what throws when it is made a text.",
    "throw { toString() { throw 1; } };",
  ),
  thrown(
    "revoked-proxy",
    "Throws a revoked proxy.",
    "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;",
  ),
  thrown(
    "proxy-traps",
    "Throws a proxy all of whose traps throw.",
    'throw new Proxy(new Error("x"), new Proxy({}, { get() { return () => { throw new Error("trap"); }; } }));',
  ),
  thrown("null-prototype", "Throws an object without a prototype.", "throw Object.create(null);"),
  thrown("symbol", "Throws a symbol.", 'throw Symbol("thrown");', "Symbol(thrown)"),
  thrown("undefined", "Throws nothing.", "throw undefined;", "undefined"),
  thrown(
    "hostile-getters",
    "Throws an error whose name, message, stack and cause throw when they are read.",
    'const e = new Error("x"); for (const key of ["name", "message", "stack", "cause", "errors"]) Object.defineProperty(e, key, { get() { throw e; } }); throw e;',
  ),
  thrown(
    "odd-properties",
    "Throws an error whose name, message and stack are no texts.",
    'const e = new Error("x"); e.name = Symbol("n"); e.message = { toString() { throw 1; } }; e.stack = 5; e.cause = Symbol("c"); throw e;',
  ),
  thrown(
    "cyclic-cause",
    "Throws an error that is its own cause.",
    'const e = new Error("round"); e.cause = e; throw e;',
    "round",
  ),
  thrown(
    "long-cause-chain",
    "Throws an error with a hundred thousand causes.",
    'let e = new Error("last"); for (let i = 0; i < 1e5; i++) e = new Error("e" + i, { cause: e }); throw e;',
    "e99999",
  ),
  thrown(
    "growing-cause",
    "Throws an error whose cause is a new one at every reading.",
    'class E extends Error { get cause() { return new E("again"); } } throw new E("first");',
    "first",
  ),
  thrown(
    "aggregate-flood",
    "Throws an AggregateError of errors of errors, a hundred each.",
    'const nest = (n) => new AggregateError(n === 0 ? [] : Array(100).fill(0).map((_, i) => i < 3 ? nest(n - 1) : new Error("i")), "level " + n); throw nest(5);',
    "level 5",
  ),
  thrown(
    "aggregate-proxy",
    "Throws an AggregateError whose errors are a proxy that lies about its length.",
    'const e = new AggregateError([], "lies"); e.errors = new Proxy([], { get: (t, k) => k === "length" ? 2 ** 32 : new Error(String(k)) }); throw e;',
    "lies",
  ),
  thrown(
    "huge-message",
    "Throws an error with a message of 128 MiB.",
    'throw new Error("x".repeat(2 ** 27));',
    "(a text of 134217",
  ),
  thrown(
    "huge-stack",
    "Throws an error with a stack of 64 MiB that it has made up.",
    'const e = new Error("x"); e.stack = "    at exec_main.mjs:1:1\\n".repeat(2 ** 21); throw e;',
  ),
  thrown(
    "forged-position",
    "Throws an error that says it arose at an impossible place.",
    'const e = new Error("x"); e.stack = "Error: x\\n    at f (exec_main.mjs:99999999999999999999:0)\\n    at exec_main.mjs:-1:-1\\n    at exec_main.mjs:0:4294967296"; throw e;',
  ),
  thrown(
    "syntax-error-forged",
    "Throws a SyntaxError it has made itself, with a name that lies.",
    'const e = new SyntaxError("made up"); e.name = "ERR_CELL_HEAP_LIMIT"; throw e;',
    "made up",
  ),
  thrown(
    "prepare-throws",
    "Lets Error.prepareStackTrace throw while its error is described.",
    'Error.prepareStackTrace = () => { throw new Error("in prepareStackTrace"); }; null.x;',
  ),
  thrown(
    "prepare-recurses",
    "Lets Error.prepareStackTrace make errors whose stacks are prepared in turn.",
    'Error.prepareStackTrace = (e) => new Error("again").stack; throw new Error("first");',
  ),
  thrown(
    "prepare-frames-escape",
    "Lets Error.prepareStackTrace give an object instead of a text.",
    'Error.prepareStackTrace = (e, frames) => ({ frames, toString() { throw 1; } }); throw new Error("structured");',
    "structured",
  ),
  thrown(
    "stack-trace-limit",
    "Makes Error.stackTraceLimit a hostile value.",
    'Object.defineProperty(Error, "stackTraceLimit", { get() { throw new Error("limit"); } }); null.x;',
  ),
  {
    name: "throw-while-described",
    what: "Writes, stores, calls tools, sets timers and imports while its error is described.",
    source:
      'throw { get stack() { text("late"); store("k", 1); setTimeout(() => text("timer")); import("codecell"); try { tools.x(); } catch {} return "described"; } };',
    expect: {
      status: "failed",
      code: "ERR_CELL_SCRIPT",
      error: "described",
      outputStart: ["late"],
    },
  },
  thrown(
    "in-await",
    "Rejects its top-level await with a hostile value.",
    "await Promise.reject({ get stack() { throw 1; }, toString: null });",
  ),
  thrown("thenable", "Throws a thenable.", 'throw { then(resolve) { resolve("swallowed"); } };'),
  {
    name: "recursion-plain",
    what: "Recurses without end.",
    source: "const f = () => f() + 1; f();",
    expect: { status: "failed", code: "ERR_CELL_SCRIPT", error: "Maximum call stack" },
  },
  {
    name: "recursion-helpers",
    what: "Calls every helper where the stack is exhausted.",
    source: `
      const uses = [() => text({ a: [1] }), () => store("k", { a: 1 }), () => load("k"), () => setTimeout(() => {}, 1), () => image("data:,x"), () => content({ type: "text", text: "c" }), () => notify("n"), () => new Error("x").stack, () => JSON.parse("[1]"), () => new Intl.NumberFormat("de").format(1), () => /a+/.exec("aaa"), () => Function("return 1")(), () => tools.missing(), () => ALL_TOOLS, () => as_settled([1]), () => new ArrayBuffer(8)];
      for (const use of uses) {
        let left = 20;
        const f = () => { try { f(); } catch (e) { if (left > 0) { left--; try { use(); } catch {} } throw e; } };
        try { f(); } catch (e) { if (!(e instanceof RangeError)) text("other " + e); }
      }
      text("alive");`,
    expect: { status: "completed" },
  },
  {
    name: "recursion-native-callbacks",
    what: "Recurses through the callbacks of builtins and helpers, whose frames are the engine's own.",
    source: `
      const ways = [(f) => [1].map(f), (f) => JSON.stringify({ toJSON: f }), (f) => "a".replace(/a/, f), (f) => [2, 1].sort(f), (f) => text({ toJSON: f }), (f) => store({ toString: f }, 1), (f) => Reflect.apply(f, null, []), (f) => new Proxy({}, { get: f }).x, (f) => String({ toString: f }), (f) => Array.from([1], f), (f) => new (class { constructor() { f(); } })(), (f) => content([{ get type() { f(); } }]), (f) => image({ get image_url() { f(); } }), (f) => new Date({ valueOf: f }), (f) => tools.echo({ toJSON: f })];
      const names = ways.map((way) => { const f = () => way(f); try { f(); return "returned"; } catch (e) { return e.name; } });
      text(names.join());`,
    tools: ["echo"],
    expect: completes(new Array(15).fill("RangeError").join()),
  },
  {
    name: "recursion-deep-structures",
    what: "Builds proxies, bound functions, ropes, prototypes and generators a hundred thousand deep, and uses them.",
    source: `
      const deep = (make, first) => { let value = first; for (let i = 0; i < 1e5; i++) value = make(value); return value; };
      const uses = [
        () => deep((x) => new Proxy(x, {}), {}).a,
        () => deep((x) => x.bind(null), () => 1)(),
        () => /z/.test(deep((x) => "a" + x, "b")),
        () => deep((x) => Object.create(x), {}).a,
        () => deep((x) => [x], []).flat(Infinity).length,
        () => String(deep((x) => [x], [])),
        () => JSON.stringify(deep((x) => [x], [])),
        () => JSON.parse("[".repeat(1e5) + "]".repeat(1e5)),
        () => JSON.parse("[".repeat(1e5) + "]".repeat(1e5), (k, v) => v),
        () => deep((x) => x.then(() => 1), Promise.resolve()),
        () => deep((x) => (function* () { yield* x; })(), []).next(),
      ];
      let done = 0;
      for (const use of uses) try { use(); done++; } catch (e) { if (e instanceof Error) done++; }
      text(done);`,
    limits: { heapBytes: 512 * MiB },
    expect: completes("11"),
    within: 20_000,
  },
  {
    name: "rejection-flood",
    what: "Leaves a million rejections unhandled.",
    source: "for (let i = 0; i < 1e6; i++) Promise.reject(i); text('done');",
    limits: { heapBytes: 1024 * MiB },
    expect: { status: "completed", output: ["done"] },
  },
  {
    name: "rejection-handled-late",
    what: "Handles and rejects in turns, so that the list of rejections is always changing.",
    source: `
      const kept = [];
      for (let i = 0; i < 5e4; i++) { const p = Promise.reject(i); kept.push(p); if (i % 2) kept[i - 1].catch(() => {}); }
      await null; for (const p of kept) p.catch(() => {});
      text("done");`,
    expect: { status: "completed", output: ["done"], warnings: [] },
  },
  {
    name: "rejection-hostile",
    what: "Rejects with values that throw when the outcome's warnings are made of them.",
    source: `
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      Promise.reject(proxy); Promise.reject({ get stack() { throw 1; } }); Promise.reject({ toString() { text("late"); return "t"; } }); Promise.reject(Symbol("s"));
      text("done");`,
    expect: {
      status: "completed",
      outputStart: ["done"],
      warnings: new Array(4).fill("unhandledRejection"),
    },
  },
  {
    name: "deadlock",
    what: "Waits for a promise that nothing can settle.",
    source: 'text("before"); await new Promise(() => {});',
    expect: { status: "failed", code: "ERR_CELL_DEADLOCK", output: ["before"] },
  },
  {
    name: "settled-hostile",
    what: "Gives as_settled and stream_settled thenables that settle twice, never, or throw.",
    source: `
      const bad = [{ then(a, b) { a(1); b(2); a(3); } }, { then() { throw new Error("then"); } }, { get then() { throw new Error("getter"); } }, Promise.reject(null), 5];
      const seen = [];
      for await (const entry of as_settled(bad)) seen.push(entry.index + entry.status[0]);
      text(seen.sort().join());
      try { await stream_settled([1, 2, 3], () => { throw new Error("callback"); }); } catch (e) { text(e.message); }
      for (const value of [null, 5, { [Symbol.iterator]: 5 }, new Proxy({}, { ownKeys() { throw new Error("keys"); } })]) try { as_settled(value); } catch (e) { text(e.name); }`,
    expect: {
      status: "completed",
      outputStart: ["0f,1r,2r,3r,4f", "callback"],
    },
  },
  {
    name: "iterator-return-hostile",
    what: "Leaves iterations of as_settled halfway, twice and after their end.",
    source: `
      const it = as_settled([1, new Promise(() => {})])[Symbol.asyncIterator]();
      text((await it.next()).value.value);
      await it.return?.(); await it.return?.();
      text((await it.next()).done);`,
    expect: { status: "completed" },
  },
  {
    name: "async-generator-prototypes",
    what: "Changes the prototypes that for-await and async generators rely on.",
    source: `
      const proto = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));
      proto[Symbol.asyncIterator] = function () { return { next: () => ({ done: true }) }; };
      Object.getPrototypeOf(async function* () {}.prototype).next = () => { throw new Error("next"); };
      let turns = 0;
      try { for await (const x of as_settled([1, 2])) turns++; } catch (e) { text(e.message); }
      text("alive");`,
    expect: { status: "completed" },
  },
]);
