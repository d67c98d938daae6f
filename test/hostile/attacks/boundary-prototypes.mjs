// Attacks by prototypes and builtins that a cell changes under the helpers, the tools and the host.
import { cellAttacks, completes } from "../attack.mjs";

export const boundaryPrototypes = cellAttacks([
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
]);
