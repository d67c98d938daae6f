import { describe, expect, test } from "vitest";
import { openSession, runToTexts, textsOf } from "../support/cells.js";

const echo = { execute: (input: unknown) => input };

/** Uses everything that could stumble over a changed language. */
const usesEverything = `
  store("k", { a: [1] });
  notify({ n: 1 });
  text([load("k"), await tools.echo({ b: [2] }), ALL_TOOLS, Object.keys(tools)]);
  content([{ type: "text", text: "c" }]);
  for await (const { value } of as_settled([tools.echo(1), 2])) text(value);
  await stream_settled({ x: 3 }, ({ index }) => text(index));
  const { text: again } = await import("codecell");
  again(await new Promise((go) => setTimeout(go, 1, "timer")));
  image({ type: "image", data: "AA==" });
  text(new Error("e").message + new Map([[1, 2]]).size);`;

const shown = [
  '[{"a":[1]},{"b":[2]},[{"name":"echo","description":""}],["echo"]]',
  "c",
  "2",
  "1",
  "x",
  "timer",
  "image",
  "e1",
];

const tamperings: readonly (readonly [string, string])[] = [
  ["JSON", "JSON.stringify = JSON.parse = () => { throw 1; }; globalThis.JSON = undefined;"],
  [
    "Promise.prototype.then",
    "Promise.prototype.catch = Promise.prototype.finally = () => { throw 1; };",
  ],
  [
    "Object.prototype setters",
    `for (const key of ["value", "done", "index", "status", "name", "description", "type", "text", "data", "detail", "message", "stack", "tool", "0", "1", "length", "cause", "errors"])
    Object.defineProperty(Object.prototype, key, { __proto__: null, set() { throw new Error("set " + key); }, configurable: true });`,
  ],
  [
    "Array.prototype",
    "for (const key of Reflect.ownKeys(Array.prototype)) if (typeof key === 'string' && key !== 'length' && key !== 'constructor' && key !== 'join') Array.prototype[key] = () => { throw new Error('array ' + key); };",
  ],
  [
    "Array.prototype elements",
    "Object.defineProperty(Array.prototype, '0', { __proto__: null, set() { throw new Error('set 0'); }, configurable: true });",
  ],
  [
    "Function.prototype",
    "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => { throw 1; };",
  ],
  ["Reflect", "globalThis.Reflect = undefined; globalThis.Proxy = undefined;"],
  [
    "Error",
    "Error.prepareStackTrace = () => { throw 1; }; Error.stackTraceLimit = 0; globalThis.TypeError = undefined;",
  ],
  [
    "the helpers",
    "for (const name of ['setTimeout', 'load']) { const f = globalThis[name]; f.call = f.apply = undefined; }",
  ],
];

describe("changing the language", () => {
  test.each(tamperings)(
    "%s does not confuse the helpers of that cell",
    async (_what, tampering) => {
      expect(
        await runToTexts(`${tampering}\n${usesEverything}`, { tools: { echo } }).catch(
          (e: Error) => e.message,
        ),
      ).toEqual(shown);
    },
  );

  test.each([
    ...tamperings,
    [
      "Symbol.species",
      "for (const C of [Promise, Array, Map, Set]) Object.defineProperty(C, Symbol.species, { get() { throw new Error('species'); } });",
    ],
    ["Promise.prototype.then", "Promise.prototype.then = () => { throw 1; };"],
    ["Object.prototype.then", "Object.prototype.then = (go) => go('hijacked');"],
    ["Array iteration", "Array.prototype[Symbol.iterator] = function* () { yield 'hijacked'; };"],
    [
      "everything",
      "for (const name of Object.getOwnPropertyNames(globalThis)) { try { delete globalThis[name]; } catch {} }",
    ],
    [
      "the global's prototype",
      "Object.setPrototypeOf(Object.prototype.constructor, null); Object.freeze(Object.prototype); Object.freeze(globalThis);",
    ],
  ] as const)("%s reaches neither the next cell nor the host", async (_what, tampering) => {
    await using session = openSession({ tools: { echo } });
    await session.exec(`${tampering}\nthrow 1;`);
    await session.exec(`store("odd", 1); ${tampering}`);
    expect(textsOf(await session.exec(usesEverything))).toEqual(shown);
    expect(await session.storedValues()).toEqual({ odd: 1, k: { a: [1] } });
    expect([...[1, 2]]).toEqual([1, 2]);
    expect({}).not.toHaveProperty("then");
  });

  test("Object.prototype.then and Promise.prototype.then change the cell's own awaits alone", async () => {
    const own =
      "Object.prototype.then = function (go) { delete Object.prototype.then; go('hijacked'); }; text(await tools.echo({}));";
    expect(await runToTexts(own, { tools: { echo } })).toEqual(["hijacked"]);
    const then =
      "Promise.prototype.then = () => { throw new Error('then'); }; text(await tools.echo({ a: 1 }));";
    expect(await runToTexts(then, { tools: { echo } })).toEqual(['{"a":1}']);
  });
});

describe("cells at the same time", () => {
  test("do not see each other's globals, prototypes, modules or symbols", async () => {
    await using session = openSession({ modules: { shared: "export const list = [];" } });
    const source = (i: number): string => `
      const before = [typeof globalThis.mine, typeof Array.prototype.mine, Object.keys(Symbol.for("reg")).length];
      globalThis.mine = Array.prototype.mine = ${i};
      const { list } = await import("shared");
      list.push(${i});
      await new Promise((go) => setTimeout(go, 2));
      text([before, mine, [].mine, list]);`;
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => session.exec(source(i))),
    );
    expect(outcomes.flatMap(textsOf)).toEqual(
      outcomes.map((_, i) => `[["undefined","undefined",0],${i},${i},[${i}]]`),
    );
  });

  test("what a tool is given and gives is a copy", async () => {
    const kept: { list: number[] } = { list: [1] };
    const given: unknown[] = [];
    const tools = {
      give: { execute: () => kept },
      take: { execute: (input: unknown) => void given.push(input) },
    };
    const source = `
      const got = await tools.give();
      got.list.push(2);
      const mine = { a: 1 };
      const taken = tools.take(mine);
      mine.a = 2;
      await taken;
      text((await tools.give()).list);`;
    expect(await runToTexts(source, { tools })).toEqual(["[1]"]);
    expect([kept, given]).toEqual([{ list: [1] }, [{ a: 1 }]]);
  });
});

describe("what a cell cannot reach", () => {
  test("Node and the network are not there, and no function's constructor leads to them", async () => {
    const source = `
      const names = ["process", "require", "module", "global", "Buffer", "fetch", "console", "WebAssembly", "SharedArrayBuffer", "Atomics", "native", "navigator", "gc", "d8"];
      const functions = [text, tools.echo, setTimeout, Object.getPrototypeOf(async () => {}), (await import("codecell")).text, queueMicrotask, structuredClone, URL, EventTarget, crypto.randomUUID];
      const reached = [];
      for (const f of functions) for (const name of names) {
        if (await f.constructor("return typeof " + name)() !== "undefined") reached.push(name);
      }
      text(reached);
      text(names.filter((name) => (0, eval)("typeof " + name) !== "undefined"));`;
    expect(await runToTexts(source, { tools: { echo } })).toEqual(["[]", "[]"]);
  });

  test("buffers that grow are refused, whichever way they are asked for", async () => {
    const source = `
      const options = { maxByteLength: 16 };
      const tries = {
        plain: () => new ArrayBuffer(8, options),
        constructor: () => new (new ArrayBuffer(1).constructor)(8, options),
        prototype: () => new ArrayBuffer.prototype.constructor(8, options),
        view: () => new (new Uint8Array(1).buffer.constructor)(8, options),
        subclass: () => new (class extends ArrayBuffer {})(8, options),
        parent: () => new (Object.getPrototypeOf(class extends ArrayBuffer {}))(8, options),
        reflect: () => Reflect.construct(ArrayBuffer, [8, options], Object),
        bound: () => new (ArrayBuffer.bind(null, 8, options))(),
        getter: () => new ArrayBuffer(8, { get maxByteLength() { return 16; } }),
        proxy: () => new ArrayBuffer(8, new Proxy({}, { get: () => 16 })),
        inherited: () => { try { Object.prototype.maxByteLength = 16; return new ArrayBuffer(8, {}); } finally { delete Object.prototype.maxByteLength; } },
        species: () => new ArrayBuffer[Symbol.species](8, options),
        realm: () => new (Function("return ArrayBuffer")())(8, options),
        called: () => ArrayBuffer(8),
        resize: () => new ArrayBuffer(8).resize(16),
      };
      for (const [name, make] of Object.entries(tries)) {
        try { const made = make(); text(name + " " + (made?.resizable === true)); } catch (e) { text(name + " " + e.name); }
      }`;
    const texts = await runToTexts(source);
    expect(texts).toEqual(
      [
        "plain",
        "constructor",
        "prototype",
        "view",
        "subclass",
        "parent",
        "reflect",
        "bound",
        "getter",
        "proxy",
        "inherited",
        "species",
        "realm",
      ]
        .map((name) => `${name} RangeError`)
        .concat("called TypeError", "resize TypeError"),
    );
  });

  test("buffers are otherwise what they always are", async () => {
    const source = `
      class Own extends ArrayBuffer { get twice() { return this.byteLength * 2; } }
      const own = new Own(4, undefined);
      const view = new Uint8Array([1, 2, 3]);
      text([own.twice, own instanceof Own, own instanceof ArrayBuffer, own.slice(1) instanceof Own, ArrayBuffer.isView(view)]);
      text([view.buffer instanceof ArrayBuffer, view.buffer.constructor === ArrayBuffer, view.buffer.slice(1).byteLength, ArrayBuffer.name, ArrayBuffer.length]);
      text(Object.prototype.toString.call(new ArrayBuffer(1)) + String(Object.getOwnPropertyDescriptor(globalThis, "ArrayBuffer").enumerable));
      try { new ArrayBuffer(-1); } catch (e) { text(e.name); }`;
    expect(await runToTexts(source)).toEqual([
      "[8,true,true,true,true]",
      '[true,true,2,"ArrayBuffer",1]',
      "[object ArrayBuffer]false",
      "RangeError",
    ]);
  });
});
