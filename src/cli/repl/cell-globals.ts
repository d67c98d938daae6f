import { createContext, runInContext } from "node:vm";

/** What V8 puts into every context and cells do not have. */
const withheld: readonly string[] = ["Atomics", "SharedArrayBuffer", "WebAssembly", "console"];

/** What cells have of the web, and of newer engines where this one lacks it. */
export const webGlobalNames: readonly string[] = [
  "AbortController",
  "AbortSignal",
  "CustomEvent",
  "DOMException",
  "Event",
  "EventTarget",
  "Iterator",
  "TextDecoder",
  "TextEncoder",
  "URL",
  "URLSearchParams",
  "atob",
  "btoa",
  "clearInterval",
  "crypto",
  "performance",
  "queueMicrotask",
  "setInterval",
  "structuredClone",
];

let known: ReadonlyMap<string, unknown> | undefined;

/** The ECMAScript globals of cells, taken from a context of this process, in which nothing else runs. */
export function cellGlobals(): ReadonlyMap<string, unknown> {
  known ??= new Map(
    Object.entries(
      runInContext(
        "Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, globalThis[name]]))",
        createContext(),
      ) as Readonly<Record<string, unknown>>,
    ).filter(([name]) => !withheld.includes(name)),
  );
  return known;
}

/** The names of what stands under a path such as `Array.prototype`, without reading any getter. */
export function memberNames(path: readonly string[]): readonly string[] {
  const [first = "", ...rest] = path;
  let value = cellGlobals().get(first);
  for (const name of rest) {
    value = isObject(value) ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  }
  return isObject(value) ? Object.getOwnPropertyNames(value) : [];
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
