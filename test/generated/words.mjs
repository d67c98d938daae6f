// The smallest parts of programs: names, numbers, and values that are something only to an engine.
import { one } from "./js.mjs";

/** The variables every program has. */
export const variables = 'var v0 = [1], v1 = { a: 1 }, v2 = "x", v3 = () => v0, e;';

export const name = one("v0", "v1", "v2", "v3");

export const count = one("3", "10", "300", "20000", "1e7");

/** Bytes, characters or elements. */
export const size = one("10", "1000", "1e5", "2 ** 20", "2 ** 22", "2 ** 24", "2 ** 25");

/** Milliseconds. */
export const duration = one("0", "1", "5", "20", "1e9", "-1", "NaN");

export const key = one(
  "a",
  "then",
  "toString",
  "valueOf",
  "toJSON",
  "constructor",
  "length",
  "stack",
  "message",
  "name",
  "cause",
  "__proto__",
  "prototype",
  "get",
  "data",
  "type",
  "[Symbol.iterator]",
  "[Symbol.toPrimitive]",
  "[Symbol.asyncIterator]",
  "[Symbol.species]",
  "[Symbol.hasInstance]",
  "[Symbol.toStringTag]",
);

export const specifier = one(
  '"tools.js"',
  '"codecell"',
  '"tools/space.js"',
  '"node:fs"',
  '"host"',
  '"./exec_main.mjs"',
  '"data:text/javascript,1"',
  "v2",
  "v1",
  '""',
);

/** A key as it stands behind a value. */
export const property = key.map((text) => (text.startsWith("[") ? text : `.${text}`));

/** Tools of the host that runs the program, and two it does not have. */
export const toolName = one(
  "echo",
  "slow",
  "never",
  "fail",
  "failOddly",
  "large",
  "deep",
  "odd",
  "strict",
  "stop",
  "spaced",
  "missing",
  "__proto__",
);

/** Expressions without parts. */
export const leaf = one(
  "0",
  "1",
  "v0",
  "v1",
  "v2",
  "v3",
  "e",
  '"x"',
  '"漢"',
  '"\\ud800"',
  "-0",
  "1.5",
  "NaN",
  "Infinity",
  "2 ** 31",
  "2 ** 32 - 1",
  "2 ** 53 - 1",
  "10n",
  "null",
  "undefined",
  "true",
  "Symbol()",
  "{}.a",
  "[]",
  "({})",
  "Object.create(null)",
  "/(a+)+$/",
  "new Error('x')",
  "new AggregateError([e, 1], 'x', { cause: v0 })",
  "new Map([[v0, v1]])",
  "new Set(v0)",
  "new WeakMap()",
  "new Uint8Array(8)",
  "new Date(NaN)",
  "globalThis",
  "tools",
  "ALL_TOOLS",
  "text",
  "exit",
  "console",
  "Object.prototype",
  "Promise",
  "Proxy",
  "Reflect",
  "Intl",
  "ArrayBuffer",
  "Promise.prototype",
  "Array.prototype",
  "Function.prototype",
  "eval",
  "JSON",
  "import.meta",
  "new Promise(() => {})",
  "Promise.reject(v0)",
  "(function* () {})()",
  "(function () { return arguments; })(1, v0)",
  '"data:image/png;base64,AAAA"',
  '({ type: "image", data: "AAAA", mimeType: "image/png" })',
  '({ image_url: "data:,x", detail: "low" })',
).map((text) => (/^[a-zA-Z0-9"]+$/.test(text) && !/^\d/.test(text) ? text : `(${text})`));
