// What the web's globals make: encoded texts, clones, URLs, events and timers, as much as there is memory.
import { cellAttacks, completes, MiB } from "../attack.mjs";

const rope = '"\\u0100".repeat(2 ** 29 - 24)';
const process = { rssBytes: 600 * MiB };

/** @type {import("../attack.mjs").Expectation} */
const pastHeap = { status: "failed", code: "ERR_CELL_HEAP_LIMIT", limit: "heapBytes" };

export const memoryOfWeb = cellAttacks([
  {
    name: "web-encode-rope",
    what: "Gives a text of half a gibi characters to each global that converts texts.",
    source: `
      const rope = ${rope};
      const calls = [() => new TextEncoder().encode(rope), () => new TextEncoder().encodeInto(rope, new Uint8Array(10)), () => btoa(rope), () => atob(rope), () => new TextDecoder(rope)];
      text(calls.map((call) => { try { call(); return "converted"; } catch (e) { return e.name; } }).join());`,
    runtimeLimits: process,
    expect: completes("RangeError,RangeError,RangeError,RangeError,RangeError"),
  },
  {
    name: "web-encode-flood",
    what: "Keeps encoded texts without end.",
    source: `
      const kept = [], one = "é".repeat(2 ** 20);
      try { for (;;) kept.push(new TextEncoder().encode(one)); } catch (e) { text(e.name); }
      text(kept.length);`,
    limits: { arrayBufferBytes: 32 * MiB },
    expect: completes("RangeError", "16"),
  },
  {
    name: "web-decode-flood",
    what: "Keeps decoded texts without end, in every encoding.",
    source: `
      const kept = [], bytes = new Uint8Array(2 ** 20).fill(0xe9);
      for (;;) for (const label of ["utf-8", "utf-16le", "utf-16be", "latin1"]) kept.push(new TextDecoder(label).decode(bytes));`,
    limits: { heapBytes: 64 * MiB },
    expect: pastHeap,
  },
  {
    name: "web-clone-flood",
    what: "Clones a value that grows with each clone.",
    source:
      "let value = [new Array(1000).fill({ a: 1 })]; for (;;) value = [value, structuredClone(value)];",
    limits: { heapBytes: 64 * MiB },
    expect: pastHeap,
  },
  {
    name: "web-clone-buffers",
    what: "Clones and transfers buffers past the limit, with views of them all.",
    source: `
      const kept = [new Uint8Array(2 ** 20)];
      try { for (;;) kept.push(structuredClone(kept.at(-1))); } catch (e) { text(e.name); }
      for (let i = 0; i < 1000; ++i) kept[0] = structuredClone(kept[0], { transfer: [kept[0].buffer] });
      text(kept[0].length);`,
    limits: { arrayBufferBytes: 16 * MiB },
    expect: completes("RangeError", "1048576"),
  },
  {
    name: "web-listeners-flood",
    what: "Adds listeners without end.",
    source: `
      const signal = new AbortController().signal;
      for (let i = 0; ; ++i) { const target = new EventTarget(); for (let j = 0; j < 100; ++j) target.addEventListener("a" + j, () => target, { signal }); }`,
    limits: { heapBytes: 64 * MiB },
    expect: pastHeap,
  },
  {
    name: "web-signals-flood",
    what: "Makes signals that depend on one signal without end.",
    source: "const { signal } = new AbortController(); for (;;) AbortSignal.any([signal]);",
    limits: { heapBytes: 64 * MiB },
    expect: pastHeap,
  },
  {
    name: "web-microtasks-flood",
    what: "Queues microtasks without end, and each queues two.",
    source: "const more = () => { queueMicrotask(more); queueMicrotask(more); }; more();",
    limits: { heapBytes: 64 * MiB },
    expect: pastHeap,
    within: 30_000,
  },
  {
    name: "web-intervals-flood",
    what: "Starts intervals and timeouts of signals past the limit of timers.",
    source: `
      let count = 0;
      try { for (;;) { setInterval(() => {}, 1e6); ++count; AbortSignal.timeout(1e6); ++count; } } catch (e) { text(e.name); }
      text(count);`,
    limits: { timers: 1000 },
    expect: completes("RangeError", "1000"),
  },
  {
    name: "web-params-flood",
    what: "Appends to the parameters of a URL without end.",
    source:
      'const url = new URL("a://b"); for (;;) url.searchParams.append("é".repeat(1000), "ü");',
    limits: { heapBytes: 64 * MiB, cpuMs: 3000 },
    expect: { status: "failed" },
  },
]);
