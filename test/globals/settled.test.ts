import { describe, expect, test } from "vitest";
import { enter, openSession, run, runToTexts } from "../support/cells.js";

const later =
  "const later = (ms, how) => new Promise((go, no) => setTimeout(() => how.startsWith('!') ? no(how) : go(how), ms));";

test("an iterable that has no end is refused after a million members", async () => {
  const source = `
    function* endless() { for (;;) yield 1; }
    try { as_settled(endless()); } catch (e) { text(String(e)); }`;
  const [refusal = ""] = await runToTexts(source);
  expect(refusal).toContain("RangeError: an iterable may have at most 1000000");
});

describe("as_settled", () => {
  test("gives promises in the order in which they settle", async () => {
    const source = `${later}
      for await (const one of as_settled([later(20, "a"), "now", later(1, "!b"), later(10, "c")])) text(one);`;
    expect(await runToTexts(source)).toEqual([
      '{"index":1,"status":"fulfilled","value":"now"}',
      '{"index":2,"status":"rejected","reason":"!b"}',
      '{"index":3,"status":"fulfilled","value":"c"}',
      '{"index":0,"status":"fulfilled","value":"a"}',
    ]);
  });

  test("takes any iterable, and an object, whose keys are the indexes", async () => {
    const source = `
      const show = async (these) => { const seen = []; for await (const { index, value } of as_settled(these)) seen.push([index, value]); text(seen); };
      await show(new Set(["x", Promise.resolve("y")]));
      await show((function* () { yield 1; yield 2; })());
      await show("ab".split(""));
      await show({ first: Promise.resolve(1), second: 2, [Symbol("s")]: 3 });
      await show([]);
      await show({});`;
    expect(await runToTexts(source)).toEqual([
      '[[0,"x"],[1,"y"]]',
      "[[0,1],[1,2]]",
      '[[0,"a"],[1,"b"]]',
      '[["first",1],["second",2]]',
      "[]",
      "[]",
    ]);
  });

  test("refuses what holds no promises", async () => {
    const source = `for (const bad of [undefined, null, 5, "ab", () => {}, Promise.resolve([])]) {
      try { as_settled(bad); text("took it"); } catch (e) { text(String(e)); }
    }`;
    const refusal = "TypeError: as_settled expects an array, an iterable or an object of promises";
    expect(await runToTexts(source)).toEqual(Array.from({ length: 6 }, () => refusal));
  });

  test("tells of rejections, so that they are no warnings", async () => {
    const source = `
      for await (const { status } of as_settled([Promise.reject(1), Promise.resolve(2)])) text(status);
      as_settled([Promise.reject(3)]);`;
    expect(await run(source)).toMatchObject({ status: "completed", warnings: [] });
  });

  test("may be left early, and asked for more at once than there is", async () => {
    const source = `
      for await (const { value } of as_settled([1, new Promise(() => {})])) { text(value); break; }
      const stream = as_settled([1, 2]);
      const steps = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
      text(steps.map(({ value, done }) => [value?.value, done]));
      text(await stream.return("left"));`;
    expect(await runToTexts(source)).toEqual([
      "1",
      "[[1,false],[2,false],[null,true],[null,true]]",
      '{"value":"left","done":true}',
    ]);
  });

  test("goes through ten thousand tool calls as they settle", async () => {
    const tools = { half: { execute: (input: unknown) => Number(input) / 2 } };
    const source = `
      let sum = 0;
      for await (const { value } of as_settled(Array.from({ length: 10_000 }, (_, i) => tools.half(i * 2)))) sum += value;
      text(sum);`;
    expect(await runToTexts(source, { tools })).toEqual(["49995000"]);
  });

  test("works where the cell has replaced the language's own", async () => {
    const source = `${later}
      Promise.prototype.then = () => { throw new Error("then"); };
      Array.prototype.push = () => { throw new Error("push"); };
      Object.defineProperty(Array.prototype, "0", { set() { throw new Error("set"); } });
      for await (const { value } of as_settled([later(1, "late"), "now"])) text(value);`;
    expect(await runToTexts(source)).toEqual(["now", "late"]);
  });

  test.each([
    "as_settled({ [Symbol.iterator]() { throw new RangeError('mine'); } })",
    "as_settled({ [Symbol.iterator]: () => ({ next() { throw new RangeError('mine'); } }) })",
    "as_settled([{ get then() { throw new RangeError('mine'); } }]).next().then(({ value }) => { throw value.reason; })",
    "as_settled(new Proxy({}, { ownKeys() { throw new RangeError('mine'); } }))",
  ])("passes on what hostile values throw: `%s`", async (source) => {
    expect(await runToTexts(`try { await ${source}; } catch (e) { text(e.message); }`)).toEqual([
      "mine",
    ]);
  });

  test("can be terminated in an iteration without end", async () => {
    await using session = openSession();
    const endless = [
      "as_settled((function* () { for (;;) yield 1; })())",
      "as_settled({ [Symbol.iterator]: () => ({ next: () => ({}) }) })",
      "as_settled(Array.prototype.values.call({ length: 2 ** 53 - 1 }))",
    ];
    for (const source of endless) {
      const id = await enter(session, source);
      const outcome = await session.terminate(id);
      expect(outcome).toMatchObject({ status: "terminated" });
      expect(outcome, source).not.toHaveProperty("orphaned");
    }
  });
});

describe("stream_settled", () => {
  test("calls back in the order of settling and resolves when all is done", async () => {
    const source = `${later}
      const order = [];
      const result = await stream_settled([later(10, "a"), later(1, "!b")], async (one) => { order.push(one.index); await later(15, "x"); order.push("done " + one.index); });
      text([order, result === undefined]);
      text(await stream_settled([], () => {}) === undefined);`;
    expect(await runToTexts(source)).toEqual(['[[1,"done 1",0,"done 0"],true]', "true"]);
  });

  test("awaits what one callback returns before it calls the next, and calls others at once", async () => {
    const source = `${later}
      let atWork = 0; let most = 0;
      await stream_settled([1, 2, later(1, 'c'), 4], async () => { most = Math.max(most, ++atWork); await later(1, ""); atWork -= 1; });
      const seen = [];
      await stream_settled([1, 2, 3], ({ value }) => { seen.push(value); });
      text([most, seen]);`;
    expect(await runToTexts(source)).toEqual(["[1,[1,2,3]]"]);
  });

  test.each([
    "for await (const { index, status, value } of as_settled(map)) seen.push([index, status, value]);",
    "await stream_settled(map, ({ index, status, value }) => { seen.push([index, status, value]); });",
  ])("takes a Map by its keys, as as_settled does: %s", async (loop) => {
    const source = `
      const map = new Map([["a", Promise.resolve(1)], [7, Promise.reject(new Error("no"))], ["c", 3]]);
      const seen = []; ${loop} text(seen.sort());`;
    expect(await runToTexts(source)).toEqual([
      '[[7,"rejected",null],["a","fulfilled",1],["c","fulfilled",3]]',
    ]);
  });

  test.each([
    ["throws", "() => { throw new RangeError('mine'); }"],
    ["rejects", "async () => { throw new RangeError('mine'); }"],
  ])("rejects where the callback %s", async (_how, callback) => {
    const source = `try { await stream_settled([1, 2], ${callback}); } catch (e) { text(e.message); }`;
    expect(await run(source)).toMatchObject({ output: [{ text: "mine" }], warnings: [] });
  });

  test("needs a callback", async () => {
    const source = "try { stream_settled([1]); } catch (e) { text(String(e)); }";
    expect(await runToTexts(source)).toEqual([
      "TypeError: stream_settled expects a function callback",
    ]);
  });
});
