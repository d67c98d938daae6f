// Attacks through what a cell hands out and what it stores.
import { cellAttacks, completes, KiB, MiB } from "../attack.mjs";

/**
 * @param {string} code
 * @param {string} limit
 * @returns {import("../attack.mjs").Expectation}
 */
const endedBy = (code, limit) => ({ status: "failed", code, limit });

export const output = cellAttacks([
  {
    name: "text-flood",
    what: "Writes text without end.",
    source: 'for (;;) text("x".repeat(1000));',
    limits: { outputBytes: 4 * MiB },
    expect: endedBy("ERR_CELL_OUTPUT_LIMIT", "outputBytes"),
  },
  {
    name: "text-flood-empty",
    what: "Writes empty texts without end, which have no bytes to count.",
    source: 'for (;;) text("");',
    limits: { outputItems: 5000 },
    expect: { ...endedBy("ERR_CELL_OUTPUT_ITEMS_LIMIT", "outputItems"), items: 5000 },
  },
  {
    name: "text-flood-defaults",
    what: "Writes empty texts without end under the default limits.",
    source: 'for (;;) text("");',
    expect: endedBy("ERR_CELL_OUTPUT_ITEMS_LIMIT", "outputItems"),
  },
  {
    name: "text-huge",
    what: "Writes one text of half a gigabyte.",
    source: 'text("before"); text("x".repeat(2 ** 29 - 24)); text("after");',
    expect: {
      ...endedBy("ERR_CELL_OUTPUT_LIMIT", "outputBytes"),
      output: ["before"],
    },
  },
  {
    name: "text-wide",
    what: "Writes characters of two bytes, to be counted at half their size.",
    source: 'for (;;) text("漢".repeat(1000));',
    limits: { outputBytes: 10_000 },
    expect: { ...endedBy("ERR_CELL_OUTPUT_LIMIT", "outputBytes"), items: 5 },
  },
  {
    name: "text-catch-limit",
    what: "Catches whatever ends it at the output limit and goes on writing.",
    source: 'for (;;) { try { for (;;) text("x".repeat(1000)); } catch {} finally { continue; } }',
    limits: { outputBytes: 100 * KiB },
    expect: endedBy("ERR_CELL_OUTPUT_LIMIT", "outputBytes"),
  },
  {
    name: "text-deep-object",
    what: "Writes an object nested a hundred thousand deep, whose JSON overflows a stack.",
    source: `
      let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep];
      try { text(deep); text("written"); } catch (e) { text(e.name); }`,
    expect: completes("RangeError"),
  },
  {
    name: "store-depth-limit",
    what: "Stores values just within and just past the depth that may cross.",
    source: `
      const nest = (depth) => { let value = []; for (let i = 1; i < depth; i++) value = [value]; return value; };
      for (const depth of [50, 51]) try { store("k" + depth, nest(depth)); text("stored"); } catch (e) { text(e.name); }`,
    limits: { jsonDepth: 50 },
    expect: completes("stored", "RangeError"),
  },
  {
    name: "text-cyclic",
    what: "Writes cyclic objects, BigInts and revoked proxies.",
    source: `
      const cyclic = {}; cyclic.self = cyclic;
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      for (const value of [cyclic, { n: 1n }, proxy]) try { text(value); } catch (e) { text(e.name); }
      text(1n); text(Symbol("s")); text(() => {});`,
    expect: completes("TypeError", "TypeError", "TypeError", "1", "undefined", "undefined"),
  },
  {
    name: "text-hostile-values",
    what: "Writes values whose conversion throws, changes or writes itself.",
    source: `
      const values = [
        { toJSON() { throw new Error("no"); } },
        { get a() { throw null; } },
        { toJSON() { text("inner"); return "outer"; } },
        new Map([[{ toJSON() { return "key"; } }, 1]]),
        Object.assign(new Error("e"), { stack: 5 }),
      ];
      for (const value of values) try { text(value); } catch (e) { text("threw " + e); }`,
    expect: {
      status: "completed",
      outputStart: ["threw Error: no", "threw null", "inner", '"outer"'],
    },
  },
  {
    name: "text-map-tampering",
    what: "Grows a Map while its entries are written.",
    source: `
      const map = new Map([[1, { toJSON() { for (let i = 0; i < 1e4; i++) map.set(i, i); return "grew"; } }]]);
      text(map);
      text(new Set([{ toJSON() { return undefined; } }]));`,
    expect: { status: "completed", items: 2 },
  },
  {
    name: "text-surrogates",
    what: "Writes lone surrogates, null characters and control characters.",
    source: String.raw`text("\ud800"); text("a\0b"); text("\u001b[31m"); text({ k: "\udfff" });`,
    expect: completes("\ufffd", "a\0b", "\u001b[31m", '{"k":"\\udfff"}'),
  },
  {
    name: "image-huge",
    what: "Hands out images of megabytes in data URLs.",
    source: 'for (;;) image("data:image/png;base64," + "A".repeat(4e6));',
    limits: { outputBytes: 10 * MiB },
    expect: { ...endedBy("ERR_CELL_OUTPUT_LIMIT", "outputBytes"), items: 2 },
  },
  {
    name: "image-malformed",
    what: "Hands out malformed, remote and local URLs as images.",
    source: `
      const bad = ["", " ", "http://169.254.169.254/", "https://example.com/x.png", "file:///etc/passwd", "javascript:alert(1)", "HTTPS://x", "//x", "data", 5, null, undefined, {}, [], { image_url: 5 }, { image_url: "http://x" }, { type: "image" }, { type: "image", data: 5 }, new Proxy({}, { get: () => "file:///x" }), { image_url: "data:,x", detail: "evil" }, { image_url: "data:,x", detail: 5 }];
      let refused = 0;
      for (const value of bad) try { image(value); } catch { refused++; }
      text(refused === bad.length);`,
    expect: completes("true"),
  },
  {
    name: "image-hostile-getters",
    what: "Changes what an image says between two readings.",
    source: `
      let reads = 0;
      try { image({ get image_url() { reads++; return reads === 1 ? "data:,ok" : "file:///etc/passwd"; } }); } catch {}
      text(reads);`,
    expect: { status: "completed", outputStart: ["image"] },
  },
  {
    name: "audio-malformed",
    what: "Hands out malformed audio.",
    source: `
      const bad = ["", "http://x", "file:///x", {}, { audio_url: 1 }, { type: "audio" }, { type: "audio", data: "" }, null];
      let refused = 0;
      for (const value of bad) try { audio(value); } catch { refused++; }
      text(refused === bad.length);`,
    expect: completes("true"),
  },
  {
    name: "content-hostile",
    what: "Gives content() blocks that nest, lie and throw.",
    source: `
      const bad = [5, null, { type: "text", text: 5 }, { type: "__proto__" }, [[[{ type: "text" }]]], { [Symbol.iterator]() { return {}; } }, { [Symbol.iterator]: 5 }, new Proxy([], { get() { throw new Error("trap"); } })];
      let refused = 0;
      for (const value of bad) try { content(value); } catch { refused++; }
      text("alive");`,
    expect: { status: "completed" },
  },
  {
    name: "content-self",
    what: "Gives content() an iterable that hands out itself.",
    source: `
      const self = { *[Symbol.iterator]() { for (let i = 0; i < 1000; i++) yield self; } };
      try { content(self); } catch (e) { text(e.name); }`,
    limits: { cpuMs: 2000 },
    expect: completes("TypeError"),
  },
  {
    name: "notify-flood",
    what: "Notifies the host without end.",
    source: 'for (;;) notify("x");',
    limits: { notifications: 1000 },
    expect: endedBy("ERR_CELL_NOTIFICATIONS_LIMIT", "notifications"),
  },
  {
    name: "notify-huge",
    what: "Notifies the host of ever larger texts.",
    source: 'for (let n = 1; ; n *= 2) notify("x".repeat(n));',
    limits: { outputBytes: MiB },
    expect: endedBy("ERR_CELL_OUTPUT_LIMIT", "outputBytes"),
  },
  {
    name: "console-flood",
    what: "Writes to the console without end.",
    source: "for (;;) console.log();",
    limits: { outputItems: 5000 },
    options: { console: true },
    expect: endedBy("ERR_CELL_OUTPUT_ITEMS_LIMIT", "outputItems"),
  },
  {
    name: "console-formats",
    what: "Formats hostile values on the console.",
    source: `
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      console.log("%s %d %o %j %%", proxy, 1n, Symbol("s"));
      console.error({ toString() { throw 1; }, toJSON() { throw 2; } });
      console.warn(proxy);
      text("alive");`,
    options: { console: true },
    expect: { status: "completed" },
  },
  {
    name: "yield-flood",
    what: "Yields control without end, each of which wakes the host.",
    source: "for (;;) yield_control();",
    limits: { cpuMs: 300 },
    expect: endedBy("ERR_CELL_CPU_LIMIT", "cpuMs"),
  },
  {
    name: "store-flood",
    what: "Stores values until no more are taken.",
    source:
      'let n = 0; try { for (;;) store("k" + n++, "x".repeat(1000)); } catch (e) { text(e.name); } text(n < 1100);',
    limits: { storedBytes: MiB },
    expect: completes("RangeError", "true"),
  },
  {
    name: "store-keys-flood",
    what: "Stores tiny values under more and more keys.",
    source:
      'let n = 0; try { for (;; n++) store("k" + n, 0); } catch (e) { text(e.name); } text(n);',
    limits: { storedKeys: 100 },
    expect: completes("RangeError", "100"),
  },
  {
    name: "store-across-cells",
    what: "Fills the session's storage from one cell after another.",
    source: 'for (let i = 0; i < 9; i++) store("a" + i, 1); text("stored");',
    limits: { storedKeys: 10 },
    next: {
      source:
        'let n = 0; try { for (;; n++) store("b" + n, 1); } catch (e) { text(e.name); } text(n);',
      output: ["RangeError", "1"],
    },
    expect: completes("stored"),
  },
  {
    name: "store-overwrite-flood",
    what: "Overwrites one key without end, which must count once.",
    source: 'for (let i = 0; i < 3000; i++) store("k", "x".repeat(1000)); text("done");',
    limits: { storedBytes: 10 * KiB },
    expect: completes("done"),
  },
  {
    name: "store-huge",
    what: "Stores a value far past the limit at once, with a key as large.",
    source: `
      for (const attempt of [() => store("k", "x".repeat(2 ** 28)), () => store("k".repeat(2 ** 28), 1)]) {
        try { attempt(); text("stored"); } catch (e) { text(e.name); }
      }`,
    limits: { heapBytes: 2048 * MiB },
    expect: completes("RangeError", "RangeError"),
  },
  {
    name: "store-hostile-keys",
    what: "Stores under keys that are symbols, throw, or are no text.",
    source: `
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      const results = [Symbol("s"), proxy, { toString() { throw new Error("key"); } }, Object.create(null)].map((key) => {
        try { store(key, 1); return "stored"; } catch (e) { return e.name; }
      });
      text(results.join());
      store("a\\0b\\ud800", 1);
      text(load("a\\0b\\ud800"));`,
    expect: completes("TypeError,TypeError,Error,TypeError", "1"),
  },
  {
    name: "store-deep",
    what: "Stores a value nested too deep to be read again.",
    source: `
      let deep = []; for (let i = 0; i < 5000; i++) deep = [deep];
      try { store("deep", deep); text("stored"); } catch (e) { text(e.name); }`,
    expect: { ...completes("RangeError"), stored: {} },
  },
  {
    name: "store-unserializable",
    what: "Stores what JSON cannot carry.",
    source: `
      const cyclic = {}; cyclic.self = cyclic;
      const values = [cyclic, 1n, undefined, () => {}, Symbol("s"), { toJSON() { return undefined; } }];
      text(values.filter((value) => { try { store("k", value); return true; } catch { return false; } }).length);
      text(typeof load("k"));`,
    expect: { ...completes("0", "undefined"), stored: {} },
  },
]);
