import { describe, expect, test } from "vitest";
import { openSession, runToError, runToTexts, textsOf } from "../support/cells.js";

const ofTheWeb = [
  "AbortController",
  "AbortSignal",
  "CustomEvent",
  "DOMException",
  "Event",
  "EventTarget",
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

/** Evaluates an expression in a cell; what it throws is its text. */
async function inCell(expression: string): Promise<unknown> {
  const source = `
    let shown;
    try { shown = await (async () => (${expression}))(); } catch (thrown) { shown = String(thrown); }
    text(JSON.stringify({ shown }));`;
  const [json = "{}"] = await runToTexts(source);
  return JSON.parse(json).shown;
}

describe("the web's globals", () => {
  test("are there before and after they are touched, as properties that a cell may change", async () => {
    const source = `
      const names = ${JSON.stringify(ofTheWeb)};
      text(names.every((name) => name in globalThis && Object.hasOwn(globalThis, name)));
      const describe = (name) => {
        const { value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, name);
        return [typeof value, ...Object.entries(rest).flat()].join(" ");
      };
      const before = names.map(describe);
      text(before.join() === names.map(describe).join());
      text([...new Set(before)].sort());
      text(names.every((name) => globalThis[name] === globalThis[name]));`;
    expect(await runToTexts(source)).toEqual([
      "true",
      "true",
      '["function writable true enumerable false configurable true","function writable true enumerable true configurable true","object writable true enumerable true configurable true"]',
      "true",
    ]);
  });

  test("can be replaced and deleted before they are first touched", async () => {
    const source = `
      globalThis.URL = 1;
      text([URL, delete globalThis.Event, typeof Event, delete Set.prototype.union, typeof new Set().union]);
      atob = () => "mine";
      text([atob("aGk="), Object.keys(globalThis).includes("atob")]);`;
    expect(await runToTexts(source)).toEqual([
      '[1,true,"undefined",true,"undefined"]',
      '["mine",true]',
    ]);
  });

  test("are there where a cell has frozen the global object or replaced a class that gets some", async () => {
    const source = `
      globalThis.WeakMap = class {};
      Object.freeze(globalThis);
      text([typeof Set.prototype.union, typeof Map.prototype.getOrInsert, typeof Map.groupBy]);
      text([delete Set.prototype.union, typeof URL, typeof WeakMap.prototype.getOrInsert]);
      text([Set === new Set().constructor, Reflect.get(globalThis, "Map", 1) === Map]);`;
    expect(await runToTexts(source)).toEqual([
      '["function","function","function"]',
      '[true,"function","undefined"]',
      "[true,true]",
    ]);
  });

  test("are there where bytes come from a function and no class was named", async () => {
    const source = `
      const bytes = new TextEncoder().encode("x");
      text([bytes.toHex(), typeof bytes.constructor.fromHex, typeof globalThis.constructor.groupBy]);`;
    expect(await runToTexts(source)).toEqual(['["78","function","function"]']);
  });

  test("are absent with webGlobals: false, of the runtime or the session", async () => {
    const source = `
      text(${JSON.stringify(ofTheWeb)}.filter((name) => name in globalThis));
      text([typeof structuredClone, Object.getOwnPropertyNames(globalThis).length]);`;
    const bare = await runToTexts(source, { webGlobals: false });
    expect(bare).toEqual(["[]", expect.stringMatching(/^\["undefined",\d+\]$/)]);
    await using session = openSession({ webGlobals: false });
    expect(textsOf(await session.exec(source))).toEqual(bare);
    await using other = openSession();
    const [names] = textsOf(await other.exec(source));
    expect(JSON.parse(names ?? "")).toEqual(ofTheWeb);
  });

  test("of one cell are not those of the next", async () => {
    await using session = openSession();
    const source = `
      text([URL.mine, EventTarget.prototype.mine, Object.groupBy.mine].map(String));
      URL.mine = EventTarget.prototype.mine = Object.groupBy.mine = 1;`;
    for (let i = 0; i < 3; ++i) {
      expect(textsOf(await session.exec(source))).toEqual([
        '["undefined","undefined","undefined"]',
      ]);
    }
  });

  test("that the cell has broken before fail in the cell, and only there", async () => {
    const source = `
      const { defineProperty } = Object;
      Object.defineProperty = () => { delete globalThis.URL; throw new Error("no"); };
      Object.defineProperties = Object.defineProperty;
      for (const touch of [() => URL, () => Event, () => RegExp.escape, () => structuredClone]) {
        try { touch(); text("made"); } catch (error) { text(error.message); }
      }
      Object.defineProperty = defineProperty;
      text(typeof Event);`;
    expect(await runToTexts(source)).toHaveLength(5);
    expect(await inCell("new URL('a:b').href")).toBe("a:b");
  });

  test("touched while they are being made are undefined, which ends no cell", async () => {
    const source = `
      const seen = [];
      const { defineProperty } = Object;
      Object.defineProperty = (...all) => { seen.push(typeof Event); return defineProperty(...all); };
      void EventTarget;
      text([...new Set(seen)]);
      text(typeof Event);`;
    expect(await runToTexts(source)).toEqual(['["undefined"]', "function"]);
  });

  test("name the cell's own place in errors, and no place of their own", async () => {
    const error = await runToError('text(1);\n  new URL("nowhere");');
    expect(error).toMatchObject({
      name: "TypeError",
      position: { line: 2, column: 3 },
      text: "TypeError: Invalid URL: nowhere\n    at exec_main.mjs:2:3",
    });
  });

  test("have the names, the lengths and the tags of the web", async () => {
    const source = `
      const tags = [new Event("a"), new EventTarget(), new AbortController(), AbortSignal.abort(), new TextEncoder(), new TextDecoder(), new URL("a:"), new URLSearchParams(), new DOMException(), performance, crypto];
      text(tags.map((value) => Object.prototype.toString.call(value).slice(8, -1)));
      text([URL.name, URL.length, atob.name, atob.length, structuredClone.name, queueMicrotask.name, setInterval.name, Object.groupBy.name, Object.groupBy.length]);
      text(Object.keys(Event.prototype).includes("type") && Object.keys(URL.prototype).includes("href"));`;
    expect(await runToTexts(source)).toEqual([
      '["Event","EventTarget","AbortController","AbortSignal","TextEncoder","TextDecoder","URL","URLSearchParams","DOMException","Performance","Crypto"]',
      '["URL",1,"atob",1,"structuredClone","queueMicrotask","setInterval","groupBy",2]',
      "true",
    ]);
  });
});

describe("queueMicrotask", () => {
  test("calls back in order with promises, without this and arguments", async () => {
    const source = `
      const log = [];
      Promise.resolve().then(() => log.push(1));
      queueMicrotask(function () { log.push(this === undefined && arguments.length === 0 ? 2 : "wrong"); });
      Promise.resolve().then(() => log.push(3));
      log.push(0);
      await new Promise((done) => setTimeout(done));
      text(log);`;
    expect(await runToTexts(source)).toEqual(["[0,1,2,3]"]);
  });

  test("fails the cell with what its callback throws, and takes functions only", async () => {
    const error = await runToError(
      "queueMicrotask(() => {\n  throw new RangeError('late');\n});\nawait new Promise(() => {});",
    );
    expect(error).toMatchObject({ name: "RangeError", message: "late", position: { line: 2 } });
    expect(await inCell("queueMicrotask('code')")).toBe(
      "TypeError: queueMicrotask expects a function callback",
    );
  });

  test("without end is stopped by the limit of processor time", async () => {
    const source = "const again = () => queueMicrotask(again); again();";
    expect((await runToError(source, { limits: { cpuMs: 100 } })).code).toBe("ERR_CELL_CPU_LIMIT");
  });
});

describe("setInterval", () => {
  test("calls back until it is cleared, also from its own callback", async () => {
    const source = `
      let count = 0;
      await new Promise((done) => {
        const id = setInterval((step) => {
          count += step;
          if (count === 6) { clearInterval(id); setTimeout(done, 10); }
        }, 1, 2);
      });
      text(count);
      clearTimeout(setInterval(() => text("never"), 1));
      clearInterval(setTimeout(() => text("never"), 1));
      await new Promise((done) => setTimeout(done, 5));`;
    expect(await runToTexts(source)).toEqual(["6"]);
  });

  test("shares its ids with setTimeout, takes at least a millisecond, and keeps no cell alive", async () => {
    const source = `
      text([setTimeout(() => {}), setInterval(() => {}), setTimeout(() => {}), setInterval(() => {}, -1)]);
      let called = 0;
      setInterval(() => ++called, 0);
      await new Promise((done) => setTimeout(done, 5));
      text(called > 0 && called <= 10);`;
    expect(await runToTexts(source)).toEqual(["[1,2,3,4]", "true"]);
  });

  test("and AbortSignal.timeout are not awaited with the open work of a lenient program", async () => {
    const source = `
      setInterval(() => {}, 1);
      AbortSignal.timeout(1e8);
      (async () => { await new Promise((done) => setTimeout(done, 5)); text("done"); })();`;
    expect(await runToTexts(source, { dialect: "lenient" })).toEqual(["done"]);
  });

  test("counts for the limit of timers once, however often it calls back", async () => {
    const source = `
      const id = setInterval(() => {}, 1);
      await new Promise((done) => setTimeout(done, 20));
      setInterval(() => {}, 1000);
      try { setInterval(() => {}, 1000); } catch (error) { text(String(error)); }`;
    expect(await runToTexts(source, { limits: { timers: 2 } })).toEqual([
      "RangeError: setInterval: the cell may have 2 timers pending (limits.timers); wait for some, or clear them",
    ]);
  });

  test("fails the cell with what its callback throws", async () => {
    const source = "setInterval(() => { throw new Error('tick'); }); await new Promise(() => {});";
    expect((await runToError(source)).message).toBe("tick");
  });
});

describe("performance and crypto", () => {
  test("the clock begins with the cell, does not go back, and is no finer than a tenth of a millisecond", async () => {
    const source = `
      const times = Array.from({ length: 2000 }, () => performance.now());
      text(times.every((time, i) => time >= 0 && (i === 0 || time >= times[i - 1])));
      text(times.every((time) => Math.abs(time * 10 - Math.round(time * 10)) < 1e-6));
      text(times[0] < 60_000 && Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000);`;
    expect(await runToTexts(source)).toEqual(["true", "true", "true"]);
  });

  test("UUIDs are of version 4, and differ within a cell and between cells", async () => {
    const source = "text(Array.from({ length: 50 }, () => crypto.randomUUID()));";
    const cells = await Promise.all([runToTexts(source), runToTexts(source)]);
    const all = cells.flatMap(([json]) => JSON.parse(json ?? "[]") as string[]);
    expect(new Set(all).size).toBe(100);
    for (const uuid of all) {
      expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
  });

  test("random values fill arrays of integers, the part that a view shows and no more", async () => {
    const source = `
      const whole = new Uint8Array(300);
      const view = whole.subarray(100, 200);
      text(crypto.getRandomValues(view) === view);
      text([whole.slice(0, 100), whole.slice(200)].every((part) => part.every((byte) => byte === 0)));
      text(new Set(view).size > 20);
      text(crypto.getRandomValues(new BigUint64Array(2)).length);
      for (const wrong of [new Float64Array(1), new DataView(new ArrayBuffer(1)), new Uint8Array(65537), [], undefined]) {
        try { crypto.getRandomValues(wrong); text("filled"); } catch (error) { text(error.name); }
      }`;
    expect(await runToTexts(source)).toEqual([
      ...["true", "true", "true", "2"],
      ...["TypeMismatchError", "TypeMismatchError", "QuotaExceededError", "TypeError", "TypeError"],
    ]);
  });
});

test("what newer engines have is there on each Node", async () => {
  const checks = {
    'Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even"))': { odd: [1, 3], even: [2] },
    "[...Map.groupBy([1, 2, 3], (n) => n % 2)]": [
      [1, [1, 3]],
      [0, [2]],
    ],
    "((w) => (w.resolve(1), w.promise))(Promise.withResolvers())": 1,
    "Promise.try((a) => a + 1, 1)": 2,
    "Array.fromAsync((async function* () { yield 1; yield 2; })())": [1, 2],
    "[...new Set([1, 2]).union(new Set([2, 3]))]": [1, 2, 3],
    "[...new Set([1, 2]).intersection(new Set([2, 3]))]": [2],
    "[...new Set([1, 2]).difference(new Set([2, 3]))]": [1],
    "[...new Set([1, 2]).symmetricDifference(new Set([2, 3]))]": [1, 3],
    "[new Set([1]).isSubsetOf(new Set([1, 2])), new Set([1]).isSupersetOf(new Set([2])), new Set([1]).isDisjointFrom(new Set([2]))]":
      [true, false, true],
    "[1, 2, 3].values().filter((n) => n > 1).map((n) => n * 2).toArray()": [4, 6],
    "Iterator.from([1, 2, 3, 4]).drop(1).take(2).flatMap((n) => [n, n]).reduce((a, b) => a + b)": 10,
    "[1, 2].values() instanceof Iterator && [1, 2].values().some((n) => n > 1)": true,
    "Iterator.concat([1], [2, 3]).toArray()": [1, 2, 3],
    "[Error.isError(new TypeError()), Error.isError({ name: 'Error' })]": [true, false],
    "new RegExp(RegExp.escape('a.b*c')).test('a.b*c')": true,
    "Uint8Array.fromBase64('aGk=').toHex()": "6869",
    "Uint8Array.fromHex('6869').toBase64()": "aGk=",
    "((m) => [m.getOrInsert('a', 1), m.getOrInsertComputed('b', (k) => k + 1), m.size])(new Map())":
      [1, "b1", 2],
    "new WeakMap().getOrInsert({}, 1)": 1,
  };
  for (const [expression, expected] of Object.entries(checks)) {
    expect([expression, await inCell(expression)]).toEqual([expression, expected]);
  }
});

test("what newer engines have is not listed by loops over values", async () => {
  const source = `
    const keys = [];
    for (const value of [[], new Set(), new Map(), [].values(), new Uint8Array(), /a/, new Error()]) {
      for (const key in value) keys.push(key);
    }
    text(keys);`;
  expect(await runToTexts(source)).toEqual(["[]"]);
});
