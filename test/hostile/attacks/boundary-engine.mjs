// Attacks on the engine itself, by objects that change while its builtins and its compiler use them.
import { cellAttacks, completes } from "../attack.mjs";

export const boundaryEngine = cellAttacks([
  {
    name: "species-everywhere",
    what: "Lets species and hostile constructors of arrays, typed arrays and regular expressions lie.",
    source: `
      const lie = { [Symbol.species]: function () { return new Uint8Array(1); } };
      const results = [];
      const attempt = (f) => { try { f(); results.push("ok"); } catch (e) { results.push(e.name); } };
      attempt(() => { const a = [1, 2, 3]; a.constructor = lie; a.map((x) => x); a.splice(0, 2); a.concat(a); });
      attempt(() => { const a = new Uint16Array(64); a.constructor = lie; a.map((x) => x); });
      attempt(() => { const a = new Uint16Array(64); a.constructor = lie; a.subarray(1); });
      attempt(() => { const b = new ArrayBuffer(64); b.constructor = { [Symbol.species]: function () { return new ArrayBuffer(1); } }; b.slice(0); });
      attempt(() => { const r = /a/; r.constructor = { [Symbol.species]: function () { return { exec: () => null, get flags() { return ""; } }; } }; "aaa".split(r); });
      text(results.length);`,
    expect: completes("5"),
  },
  {
    name: "detached-buffers",
    what: "Detaches buffers while builtins are at work on them.",
    source: `
      const transfer = (b) => b.transfer?.();
      const hostile = (array) => ({ valueOf() { transfer(array.buffer); return 1; } });
      for (const method of ["fill", "indexOf", "includes", "copyWithin", "subarray", "slice", "with"]) {
        const array = new Uint32Array(1024);
        try { array[method](hostile(array), hostile(array), hostile(array)); } catch {}
      }
      const sorted = new Float64Array(1024).map((_, i) => -i);
      try { sorted.sort((a, b) => { transfer(sorted.buffer); return a - b; }); } catch {}
      text("alive");`,
    expect: completes("alive"),
  },
  {
    name: "array-length-races",
    what: "Shrinks and grows arrays inside callbacks of the builtins that walk them.",
    source: `
      const a = Array.from({ length: 1000 }, (_, i) => i + 0.5);
      a.sort((x, y) => { a.length = 1; a.push({}); return x - y; });
      const b = Array.from({ length: 1000 }, (_, i) => i);
      try { b.map((x) => { b.length = 0; b[5000] = {}; return x; }); b.reduce((x) => { b.length = 0; return x; }, 0); } catch {}
      const c = [1, , 3]; Object.defineProperty(c, 1, { configurable: true, get() { c.length = 0; return {}; } });
      c.concat(c).flat().join();
      text("alive");`,
    expect: completes("alive"),
  },
  {
    name: "hostile-global",
    what: "Freezes the global object, changes its prototype and deletes what it has.",
    source: `
      const keep = text;
      try { Object.setPrototypeOf(globalThis, new Proxy({}, { get() { throw new Error("trap"); }, has: () => true })); } catch (e) { keep(e.name); }
      for (const key of Reflect.ownKeys(globalThis)) { try { delete globalThis[key]; } catch {} }
      try { Object.freeze(globalThis); } catch {}
      keep("still here");`,
    expect: { status: "completed" },
  },
  {
    name: "finalization-callbacks",
    what: "Runs code when the engine collects garbage, after the cell's own code has ended.",
    source: `
      globalThis.registry = new FinalizationRegistry(() => { text("collected"); for (;;); });
      for (let i = 0; i < 1000; i++) registry.register({}, i);
      let waste = []; for (let i = 0; i < 200; i++) waste = new Array(1e5).fill(i);
      text("done");`,
    expect: { status: "completed", outputStart: ["done"] },
  },
  {
    name: "compiler-confusion",
    what: "Changes types and maps under optimized code, as exploits of the engine do.",
    source: `
      function read(o, i) { return o[i]; }
      for (let i = 0; i < 50000; i++) read([1.1, 2.2], i & 1);
      const results = [];
      for (const odd of [{}, [{}], new Proxy([], {}), "ab", new Float64Array(2), Object.create([1]), null]) {
        try { results.push(typeof read(odd, 1)); } catch (e) { results.push(e.name); }
      }
      text(results.join());
      const evil = { valueOf() { arr.length = 0; arr = [{}]; return 1; } };
      let arr = [1.1, 2.2, 3.3];
      function write(a, v) { a[0] = v * 1; a[2] = 1.5; return a[1]; }
      for (let i = 0; i < 50000; i++) write([1.1, 2.2, 3.3], i);
      write(arr, evil);
      text("alive");`,
    expect: completes("undefined,undefined,undefined,string,number,undefined,TypeError", "alive"),
  },
]);
