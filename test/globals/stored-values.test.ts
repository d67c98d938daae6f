import { describe, expect, test } from "vitest";
import { EventLog, Held, openSession, run, runToTexts, start, textsOf } from "../support/cells.js";

describe("store and load", () => {
  test("keep JSON copies, fresh at every load", async () => {
    const source = `
      const value = { list: [1], date: new Date(0), gone: undefined };
      store("k", value);
      value.list.push(2);
      const copy = load("k");
      copy.list.push(3);
      text(load("k"));
      text(typeof load("missing"));`;
    expect(await runToTexts(source)).toEqual([
      '{"list":[1],"date":"1970-01-01T00:00:00.000Z"}',
      "undefined",
    ]);
  });

  test("take keys as String() gives them; a symbol throws", async () => {
    const source = `
      store(5, "five"); store(null, "nothing"); store("", "empty"); store("\\ud800", "lone"); store({ toString: () => "own" }, 1);
      text([load("5"), load("null"), load(""), load("\\ud800"), load("own")]);
      for (const f of [store, load]) try { f(Symbol("s"), 1); } catch (e) { text(String(e)); }`;
    expect(await runToTexts(source)).toEqual([
      '["five","nothing","empty","lone",1]',
      "TypeError: store key must be a string",
      "TypeError: load key must be a string",
    ]);
  });

  test("refuse what JSON has nothing for, naming the key, and keep the old value", async () => {
    const source = `
      store("k", "old");
      for (const value of [undefined, () => 1, Symbol("s")]) {
        try { store("k", value); } catch (e) { text(String(e)); }
      }
      text(load("k"));`;
    const refusal =
      'TypeError: Unable to store "k". Only plain serializable objects can be stored.';
    expect(await runToTexts(source)).toEqual([refusal, refusal, refusal, "old"]);
  });

  test("tell a cell that stores too much", async () => {
    const source = `
      store("small", 1);
      try { store("big", "x".repeat(2000)); } catch (e) { text(e.name + ": " + e.message); }
      for (let i = 0; i < 100; i++) store("small", i);
      text([load("small"), load("big") === undefined]);`;
    expect(await runToTexts(source, { limits: { storedBytes: 1000 } })).toEqual([
      expect.stringMatching(/^RangeError: store: .*1000 bytes, .* \(limits\.storedBytes\)/),
      "[99,true]",
    ]);
  });

  test("a key named __proto__ is a key like any other", async () => {
    await using session = openSession();
    await session.exec('store("__proto__", { polluted: true });');
    const [own, host] = textsOf(
      await session.exec('text(load("__proto__")); text(typeof {}.polluted)'),
    );
    expect([own, host]).toEqual(['{"polluted":true}', "undefined"]);
    const values = await session.storedValues();
    expect(Object.keys(values)).toEqual(["__proto__"]);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("between cells", () => {
  test.each([
    ["completes", ""],
    ["throws", "throw new Error('x');"],
    ["exits", "exit();"],
    ["deadlocks", "await new Promise(() => {});"],
  ])("values of a cell that %s reach the next", async (_how, ending) => {
    await using session = openSession();
    await session.exec(`store("k", "kept"); ${ending}`);
    expect(textsOf(await session.exec('text(load("k"))'))).toEqual(["kept"]);
    expect(await session.storedValues()).toEqual({ k: "kept" });
  });

  test("values of a terminated cell do not", async () => {
    await using session = openSession();
    const id = await start(session, 'store("k", 1); yield_control(); for (;;) {}');
    await session.wait(id, { yieldAfterMs: 5 });
    await session.terminate(id);
    expect(await session.storedValues()).toEqual({});
  });

  test("a running cell's values are its own until it ends; only written keys are merged, the last wins", async () => {
    const held = new Held();
    const log = new EventLog();
    const hold = { execute: () => held.promise };
    await using session = openSession({ tools: { hold } });
    await session.exec('store("untouched", 1); store("both", 1);');
    const source =
      'store("both", "slow"); store("own", 1); await tools.hold(); text(load("untouched"));';
    const slow = await start(session, source, { onEvent: log.push });
    await log.seen("toolCallStarted");
    const quick =
      'text([load("both"), typeof load("own")]); store("both", "quick"); store("untouched", 2);';
    expect(textsOf(await session.exec(quick))).toEqual(['[1,"undefined"]']);
    held.resolve();
    // The slow cell goes on with what was stored when it began.
    expect(textsOf(await session.wait(slow))).toEqual(["1"]);
    expect(await session.storedValues()).toEqual({ untouched: 2, both: "slow", own: 1 });
  });

  test("sessions share nothing", async () => {
    await using one = openSession();
    await one.exec('store("k", 1)');
    expect(await run('text(typeof load("k"))')).toMatchObject({ output: [{ text: "undefined" }] });
  });

  test("the host's copies are its own", async () => {
    await using session = openSession();
    await session.exec('store("k", { a: [1] })');
    const values = (await session.storedValues()) as { k: { a: number[] } };
    values.k.a.push(2);
    expect(await session.storedValues()).toEqual({ k: { a: [1] } });
  });
});
