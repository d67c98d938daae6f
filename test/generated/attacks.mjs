// Known ways to hurt an engine or the host around it, with drawn numbers and bodies.
import { js, one, oneOf } from "./js.mjs";
import { count, key, name, size } from "./words.mjs";

const prototypeOwner = one(
  "Object",
  "Array",
  "Promise",
  "Function",
  "String",
  "Error",
  "RegExp",
  "Map",
  "Symbol",
  "Number",
  "Iterator",
);

const builtin = one(
  "JSON.stringify",
  "JSON.parse",
  "Error.prepareStackTrace",
  "Error.captureStackTrace",
  "Array.from",
  "Promise.resolve",
  "Object.keys",
  "Object.defineProperty",
  "String.prototype.toString",
  "Promise.prototype.then",
  "Array.prototype[Symbol.iterator]",
  "Array.prototype.push",
  "Function.prototype.call",
  "Map.prototype.get",
  "RegExp.prototype.exec",
  "Object.prototype.toString",
  "Symbol.prototype.valueOf",
  "Date.now",
  "globalThis.text",
  "globalThis.tools",
  "globalThis.Promise",
  "globalThis.setTimeout",
  "globalThis.JSON",
  "Object.prototype.__proto__",
  "Object.prototype.get",
  "Object.prototype.value",
  "Object.prototype.then",
  "Object.prototype.message",
  "Object.prototype.constructor",
  "Array.prototype[0]",
  "Error.stackTraceLimit",
);

/** Builtins that may run for long without asking whether they should stop. */
const longBuiltin = one(
  "indexOf",
  "includes",
  "lastIndexOf",
  "forEach",
  "reverse",
  "slice",
  "unshift",
  "splice",
  "fill",
  "copyWithin",
  "join",
  "sort",
);

/** Attacks that are a value. */
export function attackedExpressions({ expression, syncBlock }) {
  return oneOf(
    [3, js`"x".repeat(${size})`],
    [3, js`new Array(${size}).fill(${expression})`],
    [
      2,
      js`new ${one("Uint8Array", "Float64Array", "BigInt64Array", "ArrayBuffer", "DataView")}(${size})`,
    ],
    [1, js`new ArrayBuffer(8, { maxByteLength: ${size} })`],
    [1, js`ArrayBuffer.prototype.constructor(${size})`],
    [1, js`"x ".repeat(${size}).split(" ")`],
    [1, js`"x".repeat(${size}).replaceAll("x", "漢字")`],
    [1, js`Math.max(...new Array(${size}))`],
    [1, js`3n ** BigInt(${size})`],
    [1, js`"a".repeat(${size}).localeCompare("漢")`],
    [1, js`/(a+)+$/.test("a".repeat(${size}) + "b")`],
    [1, js`/^(?:a?){${one("30", "1000")}}a{30}$/.test("a".repeat(30))`],
    [1, js`new RegExp("(?:a|".repeat(${count}) + ")".repeat(${count}))`],
    [1, js`(0, eval)("1".repeat(${size}))`],
    [1, js`eval("[".repeat(${count}))`],
    [2, js`eval(${expression})`],
    [2, js`new Function(${expression})`],
    [1, js`Function("for (;;) { try { for (;;); } catch {} }")()`],
    [1, js`JSON.parse("[".repeat(${count}) + "]".repeat(${count}))`],
    [
      1,
      js`(() => { let deep = []; for (let i = 0; i < ${count}; i++) deep = [deep]; return deep; })()`,
    ],
    [1, js`(() => { const a = []; a.length = ${size}; return a.sort(); })()`],
    [1, js`(() => { const ring = { a: 1 }; ring.ring = ring; return ring; })()`],
    [
      1,
      js`(() => { let f = () => 1; for (let i = 0; i < ${count}; i++) f = f.bind(null); return f; })()`,
    ],
    [
      1,
      js`(() => { let p = {}; for (let i = 0; i < ${count}; i++) p = new Proxy(p, {}); return p; })()`,
    ],
    [1, js`(() => { let s = "x"; for (let i = 0; i < ${count}; i++) s = s + i; return s; })()`],
    [
      1,
      js`(() => { let c; for (let i = 0; i < ${count}; i++) c = new Error("e", { cause: c }); return c; })()`,
    ],
    [1, js`new Intl.DateTimeFormat(["en", "ar", "th"][0], { era: "long" }).format(${expression})`],
    [
      1,
      js`[...new Intl.Segmenter("th", { granularity: "word" }).segment("ก".repeat(1000))].length`,
    ],
    [1, js`new Date(${expression}).toLocaleString()`],
    [1, js`[3, 1, 2].sort(() => { ${syncBlock} return 0; })`],
    [1, js`new FinalizationRegistry(() => { ${syncBlock} }).register({}, ${expression})`],
    [1, js`tools.echo({ data: "x".repeat(${size}) })`],
    [
      1,
      js`(() => { try { return again(); } catch { return again(); } function again() { return again() + 1; } })()`,
    ],
  );
}

/** Attacks that are something done. */
export function attacks({ expression, block, callback, syncBlock, syncExpression }) {
  return oneOf(
    [1, js`for (;;) { ${block} }`],
    [3, js`try { ${builtin} = ${callback}; } catch {}`],
    [2, js`try { ${builtin} = ${expression}; } catch {}`],
    [
      2,
      js`Object.defineProperty(${prototypeOwner}.prototype, ${one('"then"', '"toJSON"', '"get"', '"name"', '"0"', "Symbol.iterator", "Symbol.toPrimitive")}, { configurable: true, get: ${callback} });`,
    ],
    [
      1,
      js`Object.setPrototypeOf(${prototypeOwner}.prototype, new Proxy({}, { get: ${callback} }));`,
    ],
    [1, js`Object.freeze(${prototypeOwner}.prototype);`],
    [
      1,
      js`delete globalThis.${one("Promise", "Object", "text", "tools", "Error", "JSON", "Symbol")};`,
    ],
    [
      1,
      js`for (const k of Reflect.ownKeys(globalThis)) { try { globalThis[k] = ${expression}; } catch {} }`,
    ],
    [2, js`for (let i = 0; i < ${count}; i++) text(${expression});`],
    [1, js`for (let i = 0; i < ${count}; i++) notify(i);`],
    [1, js`for (let i = 0; i < ${count}; i++) console.log(${expression});`],
    [2, js`for (let i = 0; i < ${count}; i++) tools.${one("echo", "never", "slow", "fail")}(i);`],
    [1, js`for (let i = 0; i < ${count}; i++) setTimeout(${callback}, i);`],
    [1, js`for (let i = 0; i < ${count}; i++) store("k" + i, ${expression});`],
    [1, js`for (let i = 0; i < ${count}; i++) yield_control();`],
    [1, js`for (let i = 0; i < ${count}; i++) Promise.reject(i);`],
    [1, js`for (let i = 0; i < ${count}; i++) import("tools" + i);`],
    [1, js`for (let i = 0; i < ${count}; i++) eval("var x" + i);`],
    [1, js`{ const kept = []; for (;;) kept.push(${expression}); }`],
    [1, js`{ const kept = new Map(); for (let i = 0; i < ${count}; i++) kept.set(i, { i }); }`],
    [
      1,
      js`{ let s = "x"; const kept = []; for (;;) { s += s.slice(0, 1e6) + kept.length; kept.push(s.split("")); } }`,
    ],
    [1, js`{ const kept = []; for (;;) { kept.push(new Uint8Array(${size})); } }`],
    [1, js`(function more() { Promise.resolve().then(more); })();`],
    [1, js`(function more() { setTimeout(more); ${syncBlock} })();`],
    [1, js`(function deep() { try { deep(); } finally { deep(); } })();`],
    [1, js`throw new Error("x".repeat(${size}), { cause: ${expression} });`],
    [
      1,
      js`throw { toString: ${callback}, get stack() { return ${syncExpression}; }, get name() { throw this; } };`,
    ],
    [1, js`throw Object.assign(new Error("x"), { stack: ${expression}, ${key}: ${expression} });`],
    [1, js`Error.stackTraceLimit = ${one("0", "1e6", "-1", "Infinity")}; throw new Error();`],
    [
      1,
      js`if (Math.random() < 0.1) Array.prototype.${longBuiltin}.call({ length: ${one("2 ** 30", "2 ** 53 - 1")} }, ${name});`,
    ],
    [1, js`ArrayBuffer.prototype.constructor = ${callback}; new Uint8Array(8).slice();`],
    [1, js`queue: for (;;) { for (;;) { ${block} continue queue; } }`],
  );
}
