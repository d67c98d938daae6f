// The grammar programs are drawn from: expressions and statements whose parts may stand anywhere in
// each other. Everything is source text; nothing of it runs here.
import fc from "fast-check";
import { attackedExpressions, attacks } from "./attacks.mjs";
import { js, one, oneOf } from "./js.mjs";
import { count, duration, key, leaf, name, property, size, specifier, toolName } from "./words.mjs";

/** @typedef {import("./js.mjs").Weighted} Weighted */

const operator = one(
  "+",
  "-",
  "*",
  "**",
  "%",
  "<<",
  ">>>",
  "==",
  "<",
  "&&",
  "??",
  "in",
  "instanceof",
  ",",
);

/** One function of each kind stands for a way of calling back into the program. */
const method = one(
  "map",
  "forEach",
  "sort",
  "reduce",
  "flat",
  "join",
  "concat",
  "includes",
  "at",
  "then",
  "catch",
  "replace",
  "split",
  "repeat",
  "padEnd",
  "match",
  "toString",
  "valueOf",
  "next",
  "call",
  "apply",
);

const trap = one(
  "get",
  "set",
  "has",
  "ownKeys",
  "getPrototypeOf",
  "getOwnPropertyDescriptor",
  "defineProperty",
  "deleteProperty",
  "apply",
  "construct",
);

const rules = fc.letrec((tie) => ({
  ...family("sync", tie),
  ...family("async", tie),
}));

/**
 * A statement at the top of a module, where `await` may stand.
 * @type {import("./js.mjs").Source}
 */
export const statement = rules["asyncStatement"] ?? fc.constant("");

/**
 * The rules of one kind of function body. Both kinds hold functions of both.
 * @param {"sync" | "async"} kind
 * @param {(rule: string) => fc.Arbitrary<any>} tie
 */
function family(kind, tie) {
  const expression = tie(`${kind}Expression`);
  const statement = tie(`${kind}Statement`);
  const block = tie(`${kind}Block`);
  const syncBlock = tie("syncBlock");
  const asyncBlock = tie("asyncBlock");
  const callback = oneOf(
    [4, js`() => { ${syncBlock} }`],
    [2, js`(a, b) => (${tie("syncExpression")})`],
    [2, js`async () => { ${asyncBlock} }`],
    [1, js`function* () { ${syncBlock} yield ${tie("syncExpression")}; }`],
    [1, js`async function* () { ${asyncBlock} yield ${tie("asyncExpression")}; }`],
    [1, js`class { constructor() { ${syncBlock} } static { ${syncBlock} } }`],
    [1, one("exit", "text", "yield_control", "Promise", "v3")],
  );
  const parts = { expression, block, callback, syncBlock, syncExpression: tie("syncExpression") };

  /** @type {Weighted[]} */
  const awaited = kind === "async" ? [[5, js`(await ${expression})`]] : [];
  const awaiting = kind === "async" ? awaitingStatements(parts) : [];
  return {
    [`${kind}Expression`]: oneOf(
      [8, leaf],
      [2, js`(${expression} ${operator} ${expression})`],
      [1, js`(${one("typeof", "void", "!", "-", "~")} ${expression})`],
      [2, js`${expression}?.[${expression}]`],
      [2, js`${expression}${property}`],
      [3, js`${expression}.${method}(${expression})`],
      [1, js`${expression}.${method}(${callback})`],
      [1, js`(${callback})(${expression})`],
      [1, js`Reflect.construct(${expression}, [${expression}])`],
      [1, js`\`\${${expression}}\``],
      [2, js`[${expression}, ...${expression}]`],
      [
        3,
        js`({ get ${key}() { ${syncBlock} return ${tie("syncExpression")}; }, ${key}: ${expression} })`,
      ],
      [3, js`({ ${key}() { ${syncBlock} return ${tie("syncExpression")}; } })`],
      [
        3,
        js`new Proxy(${expression}, { ${trap}() { ${syncBlock} return ${tie("syncExpression")}; } })`,
      ],
      [
        1,
        js`new Proxy(() => {}, new Proxy({}, { get: (t, k) => () => (${tie("syncExpression")}) }))`,
      ],
      [1, js`JSON.parse(JSON.stringify(${expression}))`],
      [4, js`tools.${toolName}(${expression})`],
      [1, js`tools.${toolName}({ n: ${size} })`],
      [1, js`new Promise(${callback})`],
      [1, js`Promise.${one("all", "race", "any", "allSettled")}(${expression})`],
      [1, js`import(${specifier})`],
      [1, js`load(${expression})`],
      [2, attackedExpressions(parts)],
      ...awaited,
    ),
    [`${kind}Statement`]: oneOf(
      [4, js`(${expression});`],
      [4, js`text(${expression});`],
      [
        2,
        js`${one("notify", "image", "audio", "content", "generatedImage", "console.log", "console.error")}(${expression});`,
      ],
      [3, js`store(${expression}, ${expression});`],
      [3, js`globalThis.${name} = ${expression};`],
      [1, js`throw ${expression};`],
      [1, one("exit();", "yield_control();", "clearTimeout(1);", "debugger;")],
      [4, js`try { ${block} } catch (e) { ${block} }`],
      [2, js`try { ${block} } finally { ${block} }`],
      [4, js`for (let i = 0; i < ${count}; i++) { ${block} }`],
      [1, js`for (;;) { try { ${block} } catch {} finally { ${block} continue; } }`],
      [1, js`while (${expression}) { ${block} if (${expression}) break; }`],
      [1, js`for (const x of ${expression}) { ${block} }`],
      [1, js`for (const k in ${expression}) { ${block} }`],
      [1, js`{ const { a, ...rest } = ${expression}; text(rest); }`],
      [
        2,
        js`{ const kept = []; for (let i = 0; i < ${count}; i++) { kept.push(${expression}); } }`,
      ],
      [2, js`(function again(depth) { ${syncBlock} if (depth > 0) again(depth - 1); })(${count});`],
      [2, js`setTimeout(${callback}, ${duration});`],
      [2, js`Promise.resolve(${expression}).then(${callback});`],
      [1, js`Promise.reject(${expression});`],
      [1, js`queue: { (async () => { ${asyncBlock} })(); }`],
      [1, js`stream_settled(${expression}, ${callback});`],
      [3, attacks(parts)],
      ...awaiting,
    ),
    [`${kind}Block`]: fc
      .array(statement, { maxLength: 2, size: "max" })
      .map((all) => all.join(" ")),
  };
}

/**
 * What only stands where one can wait.
 * @returns {Weighted[]}
 */
function awaitingStatements({ expression, block, callback }) {
  return [
    [2, js`await null; ${block}`],
    [2, js`await new Promise((go) => setTimeout(go, ${duration}));`],
    [2, js`for await (const x of ${expression}) { ${block} }`],
    [2, js`for await (const { value } of as_settled(${expression})) { text(value); ${block} }`],
    [
      2,
      js`await Promise.all(Array.from({ length: ${one("3", "30", "300")} }, async (_, i) => { ${block} }));`,
    ],
    [1, js`await Promise.race([tools.${toolName}(${expression}), (${callback})()]);`],
    [1, js`await { then(go) { ${callback}; go(${expression}); } };`],
  ];
}
