// Attacks that want memory which the engine's heap does not hold: of buffers, of ICU, of the process.
import { cellAttacks, completes, MiB } from "../attack.mjs";
import { fullHeap, heap } from "./memory-common.mjs";

const buffers = { arrayBufferBytes: 16 * MiB };

export const memoryBesideTheHeap = cellAttacks([
  {
    name: "buffer-huge",
    what: "Asks for one ArrayBuffer of a terabyte.",
    source: "try { new ArrayBuffer(2 ** 40); } catch (e) { text(e.name); }",
    limits: buffers,
    expect: completes("RangeError"),
  },
  {
    name: "buffer-many",
    what: "Keeps buffers of every kind until no more are given.",
    source:
      "const kept = []; try { for (;;) kept.push(new ArrayBuffer(2 ** 20), new Float64Array(2 ** 17), new Uint8ClampedArray(2 ** 20)); } catch (e) { text(e.name); } text(kept.length);",
    limits: buffers,
    expect: completes("RangeError", "15"),
  },
  {
    name: "buffer-small-ones",
    what: "Keeps a million buffers of a few bytes each, which cost more than they hold.",
    source: "const kept = []; for (;;) kept.push(new ArrayBuffer(65));",
    limits: heap,
    expect: fullHeap,
  },
  {
    name: "buffer-resizable",
    what: "Reserves address space with a resizable buffer, through every way to its constructor.",
    source: `
      const options = { maxByteLength: 2 ** 32 };
      const native = Object.getPrototypeOf(Uint8Array);
      const ways = [
        () => new ArrayBuffer(1, options),
        () => new (new Uint8Array(1).buffer.constructor)(1, options),
        () => new ArrayBuffer.prototype.constructor(1, options),
        () => Reflect.construct(ArrayBuffer, [1, options]),
        () => Reflect.construct(ArrayBuffer, [1, options], native),
        () => new (class extends ArrayBuffer {})(1, options),
        () => new ArrayBuffer(1, Object.create(options)),
        () => new ArrayBuffer(1, new Proxy(options, {})),
        () => new (Object.getPrototypeOf(class extends ArrayBuffer {}))(1, options),
      ];
      const made = ways.filter((way) => { try { return way().resizable === true; } catch { return false; } });
      text(made.length);`,
    limits: buffers,
    expect: completes("0"),
  },
  {
    name: "buffer-resizable-second-look",
    what: "Shows a plain options object at the first reading and a resizable one at the second.",
    source: `
      let looks = 0;
      const options = { get maxByteLength() { looks += 1; return looks > 1 ? 2 ** 32 : undefined; } };
      const buffer = new ArrayBuffer(8, options);
      text([looks, buffer.resizable === true, buffer.byteLength].join());`,
    limits: buffers,
    expect: completes("1,false,8"),
  },
  {
    name: "buffer-resizable-species",
    what: "Lets the species of slice() and of typed arrays make a resizable buffer.",
    source: `
      const seen = [];
      class Grown extends ArrayBuffer {
        static get [Symbol.species]() { return function (n) { return new ArrayBuffer(n, { maxByteLength: 2 ** 32 }); }; }
      }
      try { seen.push(new Grown(8).slice(0, 4).resizable); } catch (e) { seen.push(e.name); }
      const array = new Uint8Array(8);
      array.constructor = { [Symbol.species]: function () { return new Uint8Array(new ArrayBuffer(8, { maxByteLength: 2 ** 32 })); } };
      try { seen.push(array.slice(0, 4).buffer.resizable); } catch (e) { seen.push(e.name); }
      text(seen.join());`,
    limits: buffers,
    expect: completes("RangeError,RangeError"),
  },
  {
    name: "buffer-shared",
    what: "Looks for shared memory behind every name and constructor that might still lead to it.",
    source: `
      const indirect = (0, eval)("typeof SharedArrayBuffer");
      const made = Function("return typeof SharedArrayBuffer + typeof WebAssembly + typeof Atomics")();
      const keys = Reflect.ownKeys(globalThis).filter((key) => /Shared|Wasm|WebAssembly|Atomics/.test(String(key)));
      const tag = Object.prototype.toString.call(new Uint8Array(1).buffer);
      text([indirect, made, keys.length, tag].join());`,
    expect: completes("undefined,undefinedundefinedundefined,0,[object ArrayBuffer]"),
  },
  {
    name: "buffer-transfer",
    what: "Moves a buffer to ever larger ones with transfer(), to be counted once only.",
    source: `
      const kept = [];
      try {
        for (let size = 2 ** 20; ; size += 2 ** 20) {
          kept.push(new ArrayBuffer(2 ** 20).transfer(size));
          if (kept.length > 64) break;
        }
      } catch (e) { text(e.name); }
      text(kept.reduce((sum, b) => sum + b.byteLength, 0) <= 16 * 2 ** 20);`,
    limits: buffers,
    expect: completes("RangeError", "true"),
    on: { 20: { because: "there is no transfer()", output: ["TypeError", "true"] } },
  },
  {
    name: "buffer-transfer-resizable",
    what: "Asks transfer() for a resizable buffer.",
    source: `
      const buffer = new ArrayBuffer(8);
      const moved = buffer.transfer ? buffer.transfer(16, { maxByteLength: 2 ** 32 }) : buffer;
      text(moved.resizable === true);`,
    limits: buffers,
    expect: completes("false"),
  },
  {
    name: "buffer-given-back",
    what: "Makes and drops far more buffers than the limit, which must not count when they are gone.",
    source: "for (let i = 0; i < 200; i++) new Uint8Array(2 ** 22)[0] = i; text('done');",
    limits: buffers,
    expect: completes("done"),
  },
  {
    name: "native-date-formats",
    what: "Keeps ICU objects, whose memory lies outside the engine's heap.",
    source:
      'const kept = []; for (;;) kept.push(new Intl.DateTimeFormat("de", { timeZone: "Europe/Berlin", dateStyle: "full", timeStyle: "full" }));',
    runtimeLimits: { rssBytes: 400 * MiB },
    expect: { status: "failed", code: "ERR_CELL_MEMORY_LIMIT", limit: "rssBytes" },
  },
  {
    name: "native-collators",
    what: "Keeps collators and number formats of every locale.",
    source:
      'const kept = []; const of = ["de", "ja", "ar", "zh", "th"]; for (let i = 0; ; i++) kept.push(new Intl.Collator(of[i % 5]), new Intl.NumberFormat(of[i % 5], { style: "currency", currency: "EUR" }), new Intl.Segmenter(of[i % 5]));',
    runtimeLimits: { rssBytes: 400 * MiB },
    expect: { status: "failed", code: "ERR_CELL_MEMORY_LIMIT", limit: "rssBytes" },
  },
  {
    name: "process-memory-many-cells",
    what: "Fills four heaps at once, each within its own limit, to exhaust the process together.",
    source:
      "const kept = []; for (;;) { kept.push(new Array(25e4).fill(0.5)); await new Promise((go) => setTimeout(go, 10)); }",
    cells: 4,
    limits: { heapBytes: 1024 * MiB },
    runtimeLimits: { rssBytes: 220 * MiB },
    expect: { status: "failed", code: "ERR_CELL_MEMORY_LIMIT", limit: "rssBytes" },
    within: 20_000,
  },
]);
