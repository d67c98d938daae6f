// Attacks that climb from what a cell has towards the global object and the engine of its host.
import { cellAttacks, completes } from "../attack.mjs";

/** What a host's global object has and a cell's does not. */
const hostGlobals = JSON.stringify(
  "process require module exports global Buffer fetch XMLHttpRequest setImmediate MessageChannel BroadcastChannel Worker WebSocket navigator localStorage Deno Bun d8 gc print read readline quit importScripts ShadowRealm WebAssembly SharedArrayBuffer Atomics console".split(
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

export const boundaryEscapes = cellAttacks([
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
]);
