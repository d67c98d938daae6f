import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runToError, runToTexts } from "../support/cells.js";

/** Sources of values, of which each engine makes its own. */
const sources = [
  "[1, -0, NaN, Infinity, 'a', true, null, undefined, 5n]",
  "[new Number(1), new String('ab'), new Boolean(false), Object(5n)]",
  "new Date(1234.5)",
  "new Date(NaN)",
  "/a(b)?/giu",
  "Object.assign(/x/g, { lastIndex: 3 })",
  "new Map([[1, { a: 1 }], [{ b: 2 }, new Set([1, 'x'])]])",
  "({ a: { b: [1, , 3] }, ['__proto__']: 1, [Symbol('s')]: 2 })",
  "Object.assign([1, 2], { named: true, '-1': 2 })",
  "Object.assign(new Array(5), { 3: 'x' })",
  "Object.assign([], { length: 4294967295 })",
  "Object.create({ inherited: 1 }, { hidden: { value: 1 }, own: { value: 2, enumerable: true } })",
  "new (class Point { x = 1; #y = 2; get z() { return 3; } })()",
  "({ get a() { return 1; } })",
  "new Uint8Array([1, 2, 3])",
  "new Float64Array([1.5, NaN])",
  "new BigInt64Array([1n, -1n])",
  "new Int16Array(new ArrayBuffer(10), 2, 3)",
  "new DataView(new ArrayBuffer(8), 1, 4)",
  "[new Uint8Array(2), new Uint8Array(2).buffer]",
  "new ArrayBuffer(3)",
  "new TypeError('wrong')",
  "Object.assign(new Error('a'), { name: 'RangeError', extra: 1 })",
  "Object.assign(new RangeError('b'), { name: 'Odd' })",
  "Object.assign(new Error(), { message: 5 })",
  "new AggregateError([1], 'all')",
  "(() => { const a = { list: [] }; a.list.push(a, a.list); return a; })()",
  "(() => { const m = new Map(); m.set(m, m); return m; })()",
  "(() => { const same = { x: 1 }; return [same, same]; })()",
  "(() => { const b = new ArrayBuffer(4); return [new Uint8Array(b), new Int8Array(b, 1), b]; })()",
  "[() => 1]",
  "[Symbol('s')]",
  "new WeakMap()",
  "new WeakSet()",
  "new WeakRef({})",
  "Promise.resolve(1)",
  "new Proxy({}, {})",
  "Object(Symbol('s'))",
  "(function* () {})()",
  "new Map().entries()",
  "new Set().values()",
  "({ get a() { throw new RangeError('getter'); } })",
] as const;

/** What a value is, as text, which both sides make with the same function. */
const describeValue = `(value) => {
  const seen = new Map();
  const visit = (value) => {
    if (Object.is(value, -0)) return "-0";
    if (typeof value === "bigint") return value + "n";
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value !== "object" || value === null) return String(value);
    if (seen.has(value)) return "#" + seen.get(value);
    seen.set(value, seen.size);
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    const own = Reflect.ownKeys(value).filter((key) => !["stack", "lastIndex"].includes(key))
      .filter((key) => !ArrayBuffer.isView(value) && !(value instanceof String))
      .map((key) => {
        const { value: of, enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(value, key);
        return String(key) + (enumerable ? "" : " hidden") + (writable ? "" : " fixed") + ": " + visit(of);
      });
    const inner =
      value instanceof Map ? [...value].flat().map(visit) :
      value instanceof Set ? [...value].map(visit) :
      value instanceof Date ? [value.getTime()] :
      value instanceof RegExp ? [String(value), value.lastIndex] :
      value instanceof Error ? [value.name, value.message, typeof value.stack] :
      value instanceof ArrayBuffer ? [...new Uint8Array(value)] :
      ArrayBuffer.isView(value) ? [value.byteOffset, value.byteLength, visit(value.buffer)] :
      ["Number", "String", "Boolean", "BigInt"].includes(tag) ? [String(value)] : [];
    return tag + "(" + inner.join() + "){" + own.join() + "}" + (Object.getPrototypeOf(value) === globalThis[tag]?.prototype ? "" : "?");
  };
  return visit(value);
}`;

/** The clone of each source's value, described; or the name of the error that cloning it throws. */
const cloneAll = (list: readonly string[]): string => `
  const describeValue = ${describeValue};
  const results = [];
  for (const make of [${list.map((one) => `() => (${one})`).join(",\n")}]) {
    try { results.push(describeValue(structuredClone(make()))); } catch (error) { results.push(error.name); }
  }`;

function inNode(list: readonly string[]): readonly string[] {
  return new Function(`${cloneAll(list)} return results;`)() as readonly string[];
}

async function inCell(list: readonly string[]): Promise<readonly string[]> {
  const [json = "[]"] = await runToTexts(`${cloneAll(list)} text(results);`);
  return JSON.parse(json) as readonly string[];
}

describe("structuredClone", () => {
  test("clones what Node clones, as it does, and refuses what it refuses", async () => {
    const [got, expected] = [await inCell(sources), inNode(sources)];
    expect(sources.map((source, i) => [source, got[i]])).toEqual(
      sources.map((source, i) => [source, expected[i]]),
    );
  });

  test("clones any nested values as Node does", async () => {
    const value = fc.anything({
      maxDepth: 2,
      maxKeys: 4,
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    const samples = fc
      .sample(value, { numRuns: 300, seed: 5 })
      .map((sample) => fc.stringify(sample));
    const [got, expected] = [await inCell(samples), inNode(samples)];
    expect(samples.map((source, i) => [source, got[i]])).toEqual(
      samples.map((source, i) => [source, expected[i]]),
    );
  });

  test("keeps what an error and a DOMException are", async () => {
    const source = `
      const error = new TypeError("outer", { cause: new RangeError("inner") });
      const clone = structuredClone(error);
      text([clone instanceof TypeError, clone.message, clone.cause instanceof RangeError, clone.stack === error.stack]);
      const abort = structuredClone(new DOMException("gone", "AbortError"));
      text([abort instanceof DOMException, abort.name, abort.code, abort.message]);`;
    expect(await runToTexts(source)).toEqual([
      '[true,"outer",true,true]',
      '[true,"AbortError",20,"gone"]',
    ]);
  });

  test("moves the memory of transferred buffers, and leaves them where cloning fails", async () => {
    const source = `
      const bytes = new Uint8Array([1, 2, 3, 4]);
      const { buffer } = bytes;
      for (const [value, transfer] of [[() => 1, [buffer]], [1, [buffer, buffer]], [1, [bytes]], [1, [{}]], [1, [1]]]) {
        try { structuredClone(value, { transfer }); text("cloned"); } catch (error) { text(error.name); }
      }
      const { view, whole } = structuredClone({ view: bytes.subarray(1, 3), whole: buffer }, { transfer: [buffer] });
      text([buffer.byteLength, bytes.length, [...view], view.buffer === whole, whole.byteLength]);
      for (const value of [buffer, bytes]) {
        try { structuredClone(value); text("cloned"); } catch (error) { text(error.name); }
      }
      try { structuredClone(1, { transfer: [buffer] }); text("moved"); } catch (error) { text(error.name); }`;
    expect(await runToTexts(source)).toEqual([
      ...Array.from({ length: 5 }, () => "DataCloneError"),
      "[0,0,[2,3],true,4]",
      ...Array.from({ length: 3 }, () => "DataCloneError"),
    ]);
  });

  test("does not use what the cell has changed", async () => {
    const source = `
      const value = { map: new Map([[1, 2]]), date: new Date(5), list: [1], bytes: new Uint8Array([1]) };
      structuredClone(value);
      const fail = () => { throw new Error("called"); };
      Map.prototype.set = Map.prototype.forEach = Date.prototype.getTime = Object.keys = fail;
      Object.defineProperty(Object.prototype, "map", { set: fail, configurable: true });
      Object.defineProperty(Array.prototype, "0", { set: fail, configurable: true });
      const { map, date, list, bytes } = structuredClone(value);
      text([map.get(1), Number(date), list[0], bytes[0]].join());`;
    expect(await runToTexts(source)).toEqual(["2,5,1,1"]);
  });

  test("of what is nested too deeply throws a RangeError", async () => {
    const source = `
      let value = {};
      for (let i = 0; i < 200_000; ++i) value = { value };
      try { structuredClone(value); } catch (error) { text(error.name); }`;
    expect(await runToTexts(source)).toEqual(["RangeError"]);
  });

  test("counts for the cell's memory", async () => {
    const limits = { heapBytes: 24 * 1024 * 1024, arrayBufferBytes: 1_000_000 };
    const buffers = `
      const bytes = new Uint8Array(600_000);
      try { structuredClone(bytes); text("cloned"); } catch (error) { text(error.name); }`;
    expect(await runToTexts(buffers, { limits })).toEqual(["RangeError"]);
    const heap = `
      const list = Array.from({ length: 8 }, () => new Array(100_000).fill(0.5));
      const kept = [];
      for (;;) kept.push(structuredClone(list));`;
    expect((await runToError(heap, { limits })).code).toBe("ERR_CELL_HEAP_LIMIT");
  });

  test.each([
    [
      "a large value",
      "const list = Array.from({ length: 100_000 }, () => ({})); for (;;) structuredClone(list);",
    ],
    [
      "a long array of holes",
      "structuredClone(Object.assign(Array.from({ length: 1e5 }, () => []), { length: 2 ** 32 - 1 })); for (;;);",
    ],
    ["a getter without end", "structuredClone({ get a() { for (;;); } });"],
  ])("of %s is stopped by the limit of processor time", async (_, source) => {
    const error = await runToError(source, { limits: { cpuMs: 200 } });
    expect(error.code).toBe("ERR_CELL_CPU_LIMIT");
  });
});
