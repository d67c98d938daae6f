import { expect, test } from "vitest";
import { completedOf, EventLog, failedOf, openSession, run, runToTexts } from "../support/cells.js";

test("there is none unless the host wants it", async () => {
  expect(await runToTexts("text(typeof console)")).toEqual(["undefined"]);
});

test("lines are collected with level and time, and are no output", async () => {
  const before = Date.now();
  const source =
    'for (const level of ["log", "info", "warn", "error", "debug"]) console[level](level, 1); text("out");';
  const { logs, output } = completedOf(await run(source, { console: true }));
  expect(output).toEqual([{ type: "text", text: "out" }]);
  expect(logs.map(({ level, text }) => [level, text])).toEqual(
    ["log", "info", "warn", "error", "debug"].map((level) => [level, `${level} 1`]),
  );
  for (const { time } of logs) {
    expect(time).toBeGreaterThanOrEqual(before - 1);
    expect(time).toBeLessThanOrEqual(Date.now() + 1);
  }
});

test("shows every value, also what text refuses", async () => {
  const source = `
    console.log();
    console.log("a", { b: 1 }, [2], null, undefined, 3n, new Map([[1, 2]]));
    console.log(Symbol("s"), function named() {});
    const circle = {}; circle.circle = circle;
    console.log(circle, new Proxy({}, { ownKeys() { throw 1; } }), "still here");
    console.error(new TypeError("oops"));`;
  const { logs } = completedOf(await run(source, { console: true }));
  expect(logs.map(({ text }) => text)).toEqual([
    "",
    'a {"b":1} [2] null undefined 3 [[1,2]]',
    "Symbol(s) function named() {}",
    "[cannot be shown] [cannot be shown] still here",
    "TypeError: oops\n    at exec_main.mjs:7:19",
  ]);
});

test("lines come as events at once, and each outcome has what is new", async () => {
  const log = new EventLog();
  await using session = openSession({ console: true, onEvent: log.push });
  const first = await session.exec(
    'console.log("a"); yield_control(); console.warn("b"); throw 1;',
  );
  expect(first).toMatchObject({ status: "yielded", logs: [{ text: "a" }] });
  const second = failedOf(await session.wait("1"));
  expect(second.logs).toMatchObject([{ level: "warn", text: "b" }]);
  expect(log.events).toContainEqual(
    expect.objectContaining({ type: "log", cellId: "1", log: second.logs[0] }),
  );
});

test("lines count as output that is limited", async () => {
  const outcome = failedOf(
    await run('for (;;) console.log("0123456789");', {
      console: true,
      limits: { outputBytes: 100 },
    }),
  );
  expect(outcome.error).toMatchObject({ code: "ERR_CELL_OUTPUT_LIMIT" });
  expect(outcome.logs).toHaveLength(10);
});

test("a console of the cell's own is the cell's alone", async () => {
  const source = 'globalThis.console = { log: (line) => text(line) }; console.log("mine");';
  expect(await runToTexts(source)).toEqual(["mine"]);
});
