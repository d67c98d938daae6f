// Attacks that want out of the cell: into the host, into other cells, or at what was taken away.
import { cellAttacks } from "../attack.mjs";

/** @param {readonly string[]} output @returns {import("../attack.mjs").Expectation} */
const completes = (...output) => ({ status: "completed", output });

/** What a host's global object has and a cell's does not. */
const hostGlobals = JSON.stringify(
  "process require module exports global Buffer fetch XMLHttpRequest performance queueMicrotask setInterval setImmediate structuredClone MessageChannel BroadcastChannel Worker WebSocket crypto navigator localStorage Deno Bun d8 gc print read readline quit importScripts ShadowRealm WebAssembly SharedArrayBuffer Atomics console".split(
    " ",
  ),
);

/**
 * A way to a global object, from which the host's own must not be found.
 * @param {string} name
 * @param {string} what
 * @param {string} way - An expression.
 */
function escaping(name, what, way) {
  return {
    name: `escape-${name}`,
    what,
    source: `
      let found;
      try { found = ${way}; } catch (e) { found = undefined; }
      const global = found ?? globalThis;
      text(${hostGlobals}.filter((name) => { try { return name in global; } catch { return false; } }).join());
      text(global === globalThis);`,
    tools: /** @type {const} */ (["echo"]),
    expect: completes("", "true"),
  };
}

export const boundary = cellAttacks([
  escaping(
    "function-constructor",
    "Makes a function through the constructor of a helper, to get the host's global object.",
    'text.constructor.constructor("return globalThis")()',
  ),
  escaping(
    "sloppy-this",
    "Takes `this` of a sloppy function made from a string.",
    'Function("return this")()',
  ),
  escaping(
    "async-function-constructor",
    "Makes an async function from a string.",
    'await (async () => {}).constructor("return this")()',
  ),
  escaping(
    "generator-constructor",
    "Makes generators from strings, plain and async.",
    '(function* () {}).constructor("yield this")().next().value ?? (await (async function* () {}).constructor("yield this")().next()).value',
  ),
  escaping("indirect-eval", "Evaluates in the global scope.", '(0, eval)("this")'),
  escaping(
    "tool-result",
    "Climbs from a tool's result to the constructor of its constructor.",
    '(await tools.echo({ a: [1] })).a.constructor.constructor("return globalThis")()',
  ),
  escaping(
    "tool-promise",
    "Climbs from the promise of a tool call.",
    'tools.echo(1).constructor.constructor("return globalThis")()',
  ),
  escaping(
    "tool-error",
    "Climbs from the error of a call that JSON cannot carry.",
    '(() => { try { tools.echo(1n); } catch (e) { return e.constructor.constructor("return globalThis")(); } })()',
  ),
  escaping(
    "with-unscopables",
    "Looks names up through `with` and a proxy.",
    'Function("o", "with (o) { return globalThis; }")(new Proxy({}, { has: (t, k) => k === "globalThis", get: () => undefined })) ?? undefined',
  ),
  escaping(
    "caller",
    "Reads `caller` and `arguments` of the helpers.",
    "text.caller ?? text.arguments ?? tools.echo.caller ?? Function('return arguments.callee.caller')()",
  ),
  {
    name: "escape-stack-frames",
    what: "Reads functions, receivers and file names from the structured frames of a stack.",
    source: `
      Error.prepareStackTrace = (error, frames) => frames;
      const names = new Set(), leaked = [];
      const look = () => {
        for (const frame of new Error("x").stack) {
          names.add(String(frame.getFileName()));
          const self = frame.getThis?.(), made = frame.getFunction?.();
          if (self !== undefined && self !== globalThis && self !== null) leaked.push(typeof self);
          if (typeof made === "function" && made !== look) leaked.push(made.name);
        }
      };
      [1].forEach(look);
      await tools.echo(1).then(look);
      text({ toJSON() { look(); return 1; } });
      text([...names].filter((name) => /node:|\\/|addon|codecell/.test(name)).join());
      text(leaked.join());`,
    tools: ["echo"],
    expect: completes("1", "", ""),
  },
  {
    name: "escape-native-syntax",
    what: "Uses the engine's own syntax for its internals.",
    source: 'try { Function("return %DebugPrint(1)")(); } catch (e) { text(e.name); }',
    expect: completes("SyntaxError"),
  },
  {
    name: "escape-import-meta",
    what: "Reads import.meta for a path or a resolver of the host.",
    source: "text(Reflect.ownKeys(import.meta).length); text(Object.getPrototypeOf(import.meta));",
    expect: completes("0", "null"),
  },
  {
    name: "helpers-as-constructors",
    what: "Constructs helpers and tools, and calls them on foreign receivers.",
    source: `
      const results = [text, store, load, image, notify, setTimeout, tools.echo, exit, yield_control].map((helper) => {
        try { new helper("x"); return "made"; } catch (e) { return e.name; }
      });
      text([...new Set(results)].join());
      for (const self of [null, 1, {}, globalThis, new Proxy({}, {}), tools]) load.call(self, "k");
      text(await tools.echo.call(new Proxy(function () {}, {}), "called"));
      text(await Reflect.apply(tools.echo, tools, ["applied"]));`,
    tools: ["echo"],
    expect: completes("TypeError", "called", "applied"),
  },
  {
    name: "tools-tampering",
    what: "Replaces, deletes and freezes tools by every means of reflection.",
    source: `
      "use strict";
      const attempts = [
        () => { tools.echo = () => "mine"; },
        () => { delete tools.echo; },
        () => Object.defineProperty(tools, "echo", { value: () => "mine" }),
        () => Object.setPrototypeOf(tools, { echo: () => "mine" }),
        () => { tools.__proto__ = { other: 1 }; },
        () => Object.assign(tools, { added: 1 }),
        () => Object.defineProperty(tools, Symbol.iterator, { value: 1 }),
      ];
      for (const attempt of attempts) { try { attempt(); } catch {} }
      text(await tools.echo("the host's"));
      text(Object.keys(tools).join());
      text(typeof tools.hasOwnProperty);`,
    tools: ["echo"],
    expect: completes("the host's", "echo", "undefined"),
  },
  {
    name: "tools-hostile-names",
    what: "Asks for tools under the names of what every object has, and calls what it gets.",
    source: `
      const names = ["__proto__", "constructor", "hasOwnProperty", "toString", "then", "valueOf", "", "a\\0b", "\\ud800", "x".repeat(1e6), "0", "-1"];
      text(names.filter((name) => typeof tools[name] !== "undefined").length);
      let errors = 0;
      for (const name of names) for (const use of [(t) => t(), (t) => new t(), (t) => Reflect.apply(t, {}, []), (t) => t.call?.(1), (t) => t\`x\`]) {
        try { use(tools[name]); } catch (e) { if (e instanceof Error && e.message.length < 1000) errors++; }
      }
      text(errors >= 48);
      for (const symbol of Reflect.ownKeys(Symbol).map((key) => Symbol[key])) if (typeof symbol === "symbol") tools[symbol];
      text(Reflect.ownKeys(tools).join());`,
    tools: ["echo"],
    expect: completes("0", "true", "echo"),
  },
  {
    name: "tools-as-prototype",
    what: "Uses the tools object as a prototype, a proxy's target, a key and a receiver.",
    source: `
      const child = Object.create(tools), behind = new Proxy(tools, {});
      text([typeof child.echo, typeof child.missing, typeof behind.echo, "echo" in child, "missing" in behind].join());
      child.missing = 1;
      text(Reflect.get(tools, "echo", 5) === tools.echo);
      text(new Map([[tools, 1]]).get(tools));
      Object.freeze(child);
      text(JSON.stringify(tools));`,
    tools: ["echo"],
    expect: completes("function,undefined,function,true,false", "true", "1", "{}"),
  },
  {
    name: "listing-tampering",
    what: "Changes ALL_TOOLS and hopes that the next cell sees it.",
    source: `
      ALL_TOOLS.push({ name: "fake" });
      ALL_TOOLS[0].name = "renamed";
      globalThis.ALL_TOOLS = [];
      text("changed");`,
    tools: ["echo"],
    next: { source: "text(ALL_TOOLS.map((tool) => tool.name).join())", output: ["echo"] },
    expect: completes("changed"),
  },
  {
    name: "globals-into-next-cell",
    what: "Leaves globals, changed prototypes and replaced helpers for the next cell.",
    source: `
      globalThis.left = 1;
      Array.prototype.map = () => ["poisoned"];
      Object.prototype.left = 1;
      globalThis.text = () => {};
      globalThis.tools = {};
      JSON.stringify = () => '"poisoned"';
      Symbol.for("left").description;`,
    next: {
      source:
        'text([typeof left, typeof {}.left, [1].map((x) => x + 1), JSON.stringify("ok")].join())',
      output: ['undefined,undefined,2,"ok"'],
    },
    expect: completes(),
  },
  {
    name: "prototype-pollution-input",
    what: "Sends a tool an input with __proto__ and constructor keys, to poison the host's prototypes.",
    source: `
      const input = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');
      text((await tools.describe_input(input)).isAdmin);
      text(await tools.merge_input({ a: 1 }));`,
    tools: ["describe_input", "merge_input"],
    expect: completes("false", "false"),
  },
  {
    name: "prototype-pollution-stored",
    what: "Stores values under the names of what every object has, for the host to read.",
    source: `
      for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) store(key, { polluted: 1 });
      text(typeof load("valueOf"));
      text(load("__proto__").polluted);`,
    expect: {
      ...completes("undefined", "1"),
      stored: JSON.parse(
        '{"__proto__":{"polluted":1},"constructor":{"polluted":1},"toString":{"polluted":1},"hasOwnProperty":{"polluted":1}}',
      ),
    },
  },
  {
    name: "prototype-pollution-result",
    what: "Lets a tool's result with a __proto__ key reach the cell, where it must be a plain key.",
    source: `
      const result = await tools.gives_proto();
      text([Object.keys(result).join(), typeof {}.polluted, Object.getPrototypeOf(result) === Object.prototype].join(" "));`,
    tools: ["gives_proto"],
    expect: completes("__proto__,constructor undefined true"),
  },
  {
    name: "setters-on-object-prototype",
    what: "Puts setters and getters on Object.prototype to see what the helpers make and read.",
    source: `
      const seen = [];
      for (const key of ["name", "description", "index", "status", "reason", "message", "stack", "tool", "type", "text", "image_url", "detail", "then", "toJSON", "length", "0", "1"]) {
        Object.defineProperty(Object.prototype, key, { configurable: true, set(v) { seen.push("set " + key); }, get() { return undefined; } });
      }
      ALL_TOOLS;
      await tools.echo({});
      for await (const entry of as_settled([1])) entry;
      try { tools.missing(); } catch {}
      text({ own: 1 });
      image({ image_url: "data:,x" });
      text(seen.filter((what) => what.startsWith("set")).join());`,
    tools: ["echo"],
    expect: completes('{"own":1}', "image", ""),
  },
  {
    name: "then-on-object-prototype",
    what: "Puts `then` on Object.prototype, so that every result is a thenable of the cell's.",
    source: `
      let calls = 0;
      Object.defineProperty(Object.prototype, "then", { configurable: true, value(resolve) { calls++; delete Object.prototype.then; resolve("intercepted"); } });
      text(await tools.echo({ a: 1 }));
      text(calls);`,
    tools: ["echo"],
    expect: { status: "completed" },
  },
  {
    name: "promise-tampering",
    what: "Replaces then, resolve, species and the constructor of promises under open tool calls.",
    source: `
      const open = tools.slow("answer");
      const then = Promise.prototype.then;
      Promise.prototype.then = function () { return then.call(Promise.resolve("mine"), ...arguments); };
      Promise.resolve = () => { throw new Error("resolve"); };
      Object.defineProperty(Promise, Symbol.species, { get() { throw new Error("species"); } });
      Object.defineProperty(Promise.prototype, "constructor", { value: undefined });
      globalThis.Promise = undefined;
      setTimeout(() => { then.call(open, (value) => text(value), () => text("rejected")); }, 40);
      setTimeout(() => exit(), 80);
      await { then() {} };`,
    tools: ["slow"],
    options: { deadlock: "wait" },
    expect: { status: "completed" },
  },
  {
    name: "builtin-tampering",
    what: "Replaces the builtins that helpers might use: JSON, iteration, call, Array and Error.",
    source: `
      const poison = new Error("poisoned"), map = new Map([[1, 2]]);
      const bad = () => { throw poison; };
      JSON.stringify = JSON.parse = bad;
      Array.prototype[Symbol.iterator] = Array.prototype.push = Array.prototype.map = bad;
      Function.prototype.call = Function.prototype.apply = bad;
      Map.prototype.get = Map.prototype.set = Map.prototype.entries = bad;
      String.prototype.toString = Object.prototype.toString = Object.prototype.valueOf = bad;
      globalThis.Error = globalThis.TypeError = globalThis.RangeError = globalThis.Array = bad;
      Error.prototype = null;
      text({ a: [1, 2] });
      text(map);
      store("k", { b: 1 });
      text(load("k"));
      text(await tools.echo([3]));
      try { tools.echo(1n); } catch (e) { text(e === poison); }
      notify("noted");`,
    tools: ["echo"],
    expect: completes('{"a":[1,2]}', "[[1,2]]", '{"b":1}', "[3]", "false"),
  },
  {
    name: "to-json-on-prototypes",
    what: "Puts toJSON on every prototype, to change what helpers and tools are given.",
    source: `
      for (const type of [Object, Array, String, Number, Boolean, BigInt]) {
        Object.defineProperty(type.prototype, "toJSON", { value: () => "replaced", configurable: true });
      }
      text("plain");
      text(5);
      store("k", 1);
      text(await tools.echo("sent"));`,
    tools: ["echo"],
    expect: { status: "completed" },
  },
  {
    name: "input-getter-reenters",
    what: "Calls tools, stores and writes inside the getter of a tool's input.",
    source: `
      const answers = [];
      const input = { get a() { answers.push(tools.echo("inner")); store("k", 1); text("inside"); return 1; } };
      text(await tools.echo(input));
      text((await Promise.all(answers)).join());`,
    tools: ["echo"],
    expect: completes("inside", '{"a":1}', "inner"),
  },
  {
    name: "species-everywhere",
    what: "Lets species and hostile constructors of arrays, typed arrays and regular expressions lie.",
    source: `
      const lie = { [Symbol.species]: function () { return new Uint8Array(1); } };
      const results = [];
      const attempt = (f) => { try { f(); results.push("ok"); } catch (e) { results.push(e.name); } };
      attempt(() => { const a = [1, 2, 3]; a.constructor = lie; a.map((x) => x); a.splice(0, 2); a.concat(a); });
      attempt(() => { const a = new Uint16Array(64); a.constructor = lie; a.map((x) => x); });
      attempt(() => { const a = new Uint16Array(64); a.constructor = lie; a.subarray(1); });
      attempt(() => { const b = new ArrayBuffer(64); b.constructor = { [Symbol.species]: function () { return new ArrayBuffer(1); } }; b.slice(0); });
      attempt(() => { const r = /a/; r.constructor = { [Symbol.species]: function () { return { exec: () => null, get flags() { return ""; } }; } }; "aaa".split(r); });
      text(results.length);`,
    expect: completes("5"),
  },
  {
    name: "detached-buffers",
    what: "Detaches buffers while builtins are at work on them.",
    source: `
      const transfer = (b) => b.transfer?.();
      const hostile = (array) => ({ valueOf() { transfer(array.buffer); return 1; } });
      for (const method of ["fill", "indexOf", "includes", "copyWithin", "subarray", "slice", "with"]) {
        const array = new Uint32Array(1024);
        try { array[method](hostile(array), hostile(array), hostile(array)); } catch {}
      }
      const sorted = new Float64Array(1024).map((_, i) => -i);
      try { sorted.sort((a, b) => { transfer(sorted.buffer); return a - b; }); } catch {}
      text("alive");`,
    expect: completes("alive"),
  },
  {
    name: "array-length-races",
    what: "Shrinks and grows arrays inside callbacks of the builtins that walk them.",
    source: `
      const a = Array.from({ length: 1000 }, (_, i) => i + 0.5);
      a.sort((x, y) => { a.length = 1; a.push({}); return x - y; });
      const b = Array.from({ length: 1000 }, (_, i) => i);
      try { b.map((x) => { b.length = 0; b[5000] = {}; return x; }); b.reduce((x) => { b.length = 0; return x; }, 0); } catch {}
      const c = [1, , 3]; Object.defineProperty(c, 1, { configurable: true, get() { c.length = 0; return {}; } });
      c.concat(c).flat().join();
      text("alive");`,
    expect: completes("alive"),
  },
  {
    name: "hostile-global",
    what: "Freezes the global object, changes its prototype and deletes what it has.",
    source: `
      const keep = text;
      try { Object.setPrototypeOf(globalThis, new Proxy({}, { get() { throw new Error("trap"); }, has: () => true })); } catch (e) { keep(e.name); }
      for (const key of Reflect.ownKeys(globalThis)) { try { delete globalThis[key]; } catch {} }
      try { Object.freeze(globalThis); } catch {}
      keep("still here");`,
    expect: { status: "completed" },
  },
  {
    name: "finalization-callbacks",
    what: "Runs code when the engine collects garbage, after the cell's own code has ended.",
    source: `
      globalThis.registry = new FinalizationRegistry(() => { text("collected"); for (;;); });
      for (let i = 0; i < 1000; i++) registry.register({}, i);
      let waste = []; for (let i = 0; i < 200; i++) waste = new Array(1e5).fill(i);
      text("done");`,
    expect: { status: "completed", outputStart: ["done"] },
  },
  {
    name: "compiler-confusion",
    what: "Changes types and maps under optimized code, as exploits of the engine do.",
    source: `
      function read(o, i) { return o[i]; }
      for (let i = 0; i < 50000; i++) read([1.1, 2.2], i & 1);
      const results = [];
      for (const odd of [{}, [{}], new Proxy([], {}), "ab", new Float64Array(2), Object.create([1]), null]) {
        try { results.push(typeof read(odd, 1)); } catch (e) { results.push(e.name); }
      }
      text(results.join());
      const evil = { valueOf() { arr.length = 0; arr = [{}]; return 1; } };
      let arr = [1.1, 2.2, 3.3];
      function write(a, v) { a[0] = v * 1; a[2] = 1.5; return a[1]; }
      for (let i = 0; i < 50000; i++) write([1.1, 2.2, 3.3], i);
      write(arr, evil);
      text("alive");`,
    expect: completes("undefined,undefined,undefined,string,number,undefined,TypeError", "alive"),
  },
  {
    name: "host-modules-are-copies",
    what: "Changes the exports of a module of the host for the next cell.",
    source: `
      import { config } from "settings";
      config.level = "changed";
      text(config.level);`,
    modules: { settings: { config: { level: "set" } } },
    next: { source: 'import { config } from "settings"; text(config.level);', output: ["set"] },
    expect: completes("changed"),
  },
  {
    name: "handlers-that-throw",
    what: "Makes the host's handlers of events and notifications throw at every turn.",
    source:
      'for (let i = 0; i < 5; i++) { text(i); notify("n" + i); yield_control(); await tools.echo(i); }',
    tools: ["echo"],
    handlers: "throwing",
    expect: {
      status: "completed",
      items: 5,
      warnings: new Array(5).fill("notificationFailed"),
    },
  },
]);
