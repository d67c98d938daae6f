// Attacks on the web's globals: on how they are made, and on what they run of the cell's code.
import { cellAttacks, completes } from "../attack.mjs";

const names =
  '["URL", "URLSearchParams", "TextEncoder", "TextDecoder", "atob", "structuredClone", "Event", "EventTarget", "AbortSignal", "DOMException", "performance", "crypto", "setInterval", "queueMicrotask"]';

/** @type {import("../attack.mjs").Expectation} */
const pastCpu = { status: "failed", code: "ERR_CELL_CPU_LIMIT", limit: "cpuMs" };

export const boundaryWeb = cellAttacks([
  {
    name: "web-made-of-broken-parts",
    what: "Replaces what the globals are made with by what deletes, redefines and touches them again.",
    source: `
      const names = ${names};
      const original = Object.getOwnPropertyDescriptors(Object);
      for (const key of ["defineProperty", "defineProperties", "getOwnPropertyDescriptor", "getOwnPropertyNames", "create", "entries", "keys", "freeze"]) {
        const real = Object[key];
        Object[key] = (...all) => {
          for (const name of names) { delete globalThis[name]; try { Reflect.defineProperty(globalThis, name, { get: () => globalThis[names[0]], configurable: true }); void globalThis[name]; } catch {} }
          return real(...all);
        };
      }
      let made = 0;
      for (const name of names) { try { void globalThis[name]; ++made; } catch { ++made; } }
      Object.defineProperties(Object, original);
      text(made);`,
    expect: completes("14"),
  },
  {
    name: "web-made-while-made",
    what: "Touches a global while its code is being run, from a setter that this code meets.",
    source: `
      for (const key of ["value", "get"]) {
        Object.defineProperty(Object.prototype, key, { __proto__: null, get() { void URL; void Event; return structuredClone; }, set() {}, configurable: true });
      }
      try { void new Event("a"); void new URL("a:b"); } catch {}
      delete Object.prototype.value;
      delete Object.prototype.get;
      text("here");`,
    expect: completes("here"),
  },
  {
    name: "web-made-at-the-end-of-the-stack",
    what: "Touches each global for the first time where the stack has almost no room left.",
    source: `
      const names = ${names};
      const deep = (act) => { try { deep(act); } catch { try { act(); } catch {} } };
      for (const name of names) deep(() => globalThis[name]);
      deep(() => [1].values().map((n) => n));
      text(names.map((name) => typeof globalThis[name]).every((type) => type !== "undefined"));`,
    expect: completes("true"),
  },
  {
    name: "web-natives-sought",
    what: "Looks for the native layer's functions behind everything that the globals show.",
    source: `
      const seen = new Set(), found = [];
      const visit = (value, path) => {
        if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value) || seen.size > 5000) return;
        seen.add(value);
        for (const key of Reflect.ownKeys(value)) {
          if (["fillRandom", "kindOf", "shareBuffer", "idna", "openBytes"].includes(key)) found.push(path + String(key));
          const own = Object.getOwnPropertyDescriptor(value, key);
          for (const part of [own.value, own.get, own.set]) visit(part, path + String(key) + ".");
        }
        visit(Object.getPrototypeOf(value), path + "^.");
      };
      for (const name of ${names}) visit(globalThis[name], name + ".");
      for (const made of [new URL("a:b"), new URLSearchParams(), new Event("a"), new AbortController(), new TextDecoder(), new DOMException()]) visit(made, "made.");
      text(seen.size > 200);
      text(found);`,
    expect: completes("true", "[]"),
  },
  {
    name: "web-foreign-receivers",
    what: "Calls every method and accessor of the globals on what is not theirs, and with nothing.",
    source: `
      let calls = 0;
      const others = [undefined, null, 1, {}, [], new Proxy({}, {}), Object.create(URL.prototype), new Event("a"), new EventTarget(), text];
      for (const made of [URL, URLSearchParams, Event, CustomEvent, EventTarget, AbortController, AbortSignal, TextEncoder, TextDecoder, DOMException, performance.constructor, crypto.constructor]) {
        for (const key of Reflect.ownKeys(made.prototype)) {
          const { value, get, set } = Object.getOwnPropertyDescriptor(made.prototype, key);
          for (const call of [value, get, set]) if (typeof call === "function") for (const other of others) for (const all of [[], [other], [other, other, other]]) {
            ++calls;
            try { Reflect.apply(call, other, all); } catch (e) { if (!(e instanceof Error)) text("thrown: " + String(e)); }
          }
        }
      }
      text(calls > 1000);`,
    expect: completes("true"),
  },
  {
    name: "web-hostile-clones",
    what: "Clones values whose getters, iterators and proxies change, detach and delete what is cloned.",
    source: `
      const buffer = new ArrayBuffer(8), list = [1, 2, 3, 4], map = new Map([[1, 1], [2, 2]]);
      const hostile = {
        get a() { list.length = 0; map.clear(); structuredClone(1, { transfer: [buffer] }); delete this.b; return hostile; },
        b: 1, list, map, view: new Uint8Array(buffer),
      };
      const results = [hostile, { a: [hostile] }, new Proxy([], {}), { get x() { throw 1; } }].map((value) => {
        try { structuredClone(value); return "cloned"; } catch (e) { return e?.name ?? String(e); }
      });
      text(results.join());
      for (const transfer of [1, "abc", [null], { *[Symbol.iterator]() { yield new ArrayBuffer(1); throw new Error("late"); } }]) {
        try { structuredClone(1, { transfer }); text("cloned"); } catch (e) { text(e.name); }
      }
      const over = { get transfer() { return over.list; }, list: [new ArrayBuffer(2)] };
      text(structuredClone(over.list[0], over).byteLength + over.list[0].byteLength);`,
    expect: completes(
      "DataCloneError,DataCloneError,DataCloneError,1",
      ...["TypeError", "DataCloneError", "DataCloneError", "Error"],
      "2",
    ),
  },
  {
    name: "web-decode-shrinking",
    what: "Detaches the buffer that is decoded, encoded into or filled while the call reads its arguments.",
    source: `
      const take = (buffer) => structuredClone(0, { transfer: [buffer] });
      const one = new Uint8Array(1000), two = new Uint8Array(1000), three = new Uint32Array(100);
      text(JSON.stringify(new TextDecoder().decode(one, { get stream() { take(one.buffer); return true; } }).length));
      text(new TextEncoder().encodeInto({ toString() { take(two.buffer); return "abc"; } }, two).written);
      take(three.buffer);
      text(crypto.getRandomValues(three).length);`,
    expect: { status: "completed" },
  },
  {
    name: "web-events-recursion",
    what: "Dispatches events from their own listeners, and aborts signals from theirs.",
    source: `
      const target = new EventTarget();
      let depth = 0;
      target.addEventListener("a", () => { ++depth; target.dispatchEvent(new Event("a")); });
      try { target.dispatchEvent(new Event("a")); } catch (e) { text(e.name); }
      text(depth > 100);`,
    expect: {
      status: "failed",
      code: "ERR_CELL_SCRIPT",
      error: "Maximum call stack size exceeded",
    },
  },
  ...[
    [
      "url",
      'new URL("a://" + "b/../".repeat(1e5)); for (;;) new URL("http://é" + "a.".repeat(1000) + "x");',
    ],
    ["clone", "const a = Array.from({ length: 1e5 }, () => [[]]); for (;;) structuredClone(a);"],
    [
      "events",
      'const t = new EventTarget(); t.addEventListener("a", () => {}); for (;;) t.dispatchEvent(new Event("a"));',
    ],
    ["encoding", 'for (;;) new TextDecoder().decode(new TextEncoder().encode("é".repeat(1e6)));'],
    ["base64", 'for (;;) atob(btoa("x".repeat(1e6)));'],
    ["random", "const a = new Uint8Array(65536); for (;;) crypto.getRandomValues(a);"],
    ["interval", "setInterval(() => { for (;;); }); await new Promise(() => {});"],
    [
      "iterators",
      "Iterator.from({ next: () => ({ value: 1 }) }).map((n) => n).filter(() => false).toArray();",
    ],
  ].map(([name, source = ""]) => ({
    name: `web-endless-${name}`,
    what: `Computes without end with ${name}.`,
    source,
    limits: { cpuMs: 500 },
    expect: pastCpu,
  })),
]);
