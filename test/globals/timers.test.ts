import { expect, test } from "vitest";
import { failedOf, run, runToTexts } from "../support/cells.js";
import { runProgram } from "../support/child.js";

test("ids count from one, and the delay is a number of milliseconds, 0 where there is none", async () => {
  const source = `
    const ids = [setTimeout(() => {}), setTimeout(() => {}, -5), setTimeout(() => {}, "abc"), setTimeout(() => {}, 1e300), setTimeout(() => {}, Infinity)];
    text(ids);
    for (const f of [() => setTimeout(), () => setTimeout("code", 1), () => clearTimeout(Symbol("s")), () => clearTimeout(1n)]) {
      try { f(); text("nothing"); } catch (e) { text(String(e)); }
    }
    text([clearTimeout(), clearTimeout("x"), clearTimeout(-1), clearTimeout(1e300), clearTimeout({})].length);`;
  expect(await runToTexts(source)).toEqual([
    "[1,2,3,4,5]",
    "TypeError: setTimeout expects a function callback",
    "TypeError: setTimeout expects a function callback",
    "TypeError: clearTimeout expects a numeric timeout id",
    "TypeError: clearTimeout expects a numeric timeout id",
    "5",
  ]);
});

test("timers fire by time and then by id, with microtasks between them", async () => {
  const source = `
    const log = [];
    const note = (name) => { log.push(name); Promise.resolve().then(() => log.push(name + "'")); };
    setTimeout(note, 20, "late");
    for (const name of ["a", "b", "c"]) setTimeout(note, 0, name);
    setTimeout(note, NaN, "d");
    Promise.resolve().then(() => log.push("micro"));
    await new Promise((done) => setTimeout(done, 40));
    text(log.join(" "));`;
  expect(await runToTexts(source)).toEqual(["micro a a' b b' c c' d d' late late'"]);
});

test("a timer never fires early", async () => {
  const source = `
    const begun = Date.now();
    await new Promise((done) => setTimeout(done, 30));
    text(Date.now() - begun >= 29);`;
  expect(await runToTexts(source)).toEqual(["true"]);
});

test("extra arguments are passed on, and this is undefined", async () => {
  const source = `
    await new Promise((done) => setTimeout(function (...all) { text([this === undefined, ...all]); done(); }, 1, "a", { b: 1 }));`;
  expect(await runToTexts(source)).toEqual(['[true,"a",{"b":1}]']);
});

test("a cleared timer does not fire, not even one that is due", async () => {
  const source = `
    const other = setTimeout(() => text("cleared"), 0);
    setTimeout(() => text("never"), 1);
    const first = setTimeout(() => { clearTimeout(second); clearTimeout(first); }, 0);
    const second = setTimeout(() => text("cleared by the first"), 0);
    clearTimeout(other);
    clearTimeout(2);
    await new Promise((done) => setTimeout(done, 5));
    text("end");`;
  expect(await runToTexts(source)).toEqual(["end"]);
});

test("timers set by timers nest without end", async () => {
  const source = `
    let left = 1000;
    await new Promise((done) => { const next = () => (--left === 0 ? done() : setTimeout(next)); next(); });
    text(left);`;
  expect(await runToTexts(source)).toEqual(["0"]);
});

test("a hundred thousand timers cost one thread", async () => {
  const source = `
    let fired = 0;
    await new Promise((done) => {
      for (let i = 0; i < 100_000; i++) setTimeout(() => { if (++fired === 100_000) done(); }, i % 7);
    });
    text(fired);`;
  expect(await runToTexts(source)).toEqual(["100000"]);
});

test.each([
  ["an interval", "const id = setInterval(() => { clearInterval(id); go(); }, 1);"],
  ["the time of a signal", 'AbortSignal.timeout(1).addEventListener("abort", go);'],
])("a cell that waits for %s alone can go on", async (_what, waits) => {
  const source = `await new Promise((go) => { ${waits} }); text("went on");`;
  expect(await runToTexts(source, { deadlock: "fail" })).toEqual(["went on"]);
});

test("timers that are due do not keep the cell from its end", async () => {
  const source = `
    const again = () => setTimeout(again);
    again();
    await new Promise((done) => setTimeout(done, 5));
    text("end");`;
  expect(await runToTexts(source)).toEqual(["end"]);
});

test("what a timer throws fails the cell and stops the other timers", async () => {
  const source = `
    setTimeout(() => { text("before"); throw new RangeError("in a timer"); }, 1);
    setTimeout(() => text("after"), 1);
    await new Promise(() => {});`;
  const { error, output } = failedOf(await run(source));
  expect(output).toEqual([{ type: "text", text: "before" }]);
  expect(error).toMatchObject({
    code: "ERR_CELL_SCRIPT",
    name: "RangeError",
    position: { line: 2 },
  });
});

test("timers that are cleared take no memory, however many there were", async () => {
  const { status, bytes } = JSON.parse((await runProgram("cleared-timers")).stdout);
  expect(status).toBe("completed");
  // Each that was left behind would take 16 bytes or more, of 3 million.
  expect(bytes).toBeLessThan(32 * 2 ** 20);
});
