import { describe, expect, test } from "vitest";
import type { CellOutcome } from "../../src/index.js";
import {
  completedOf,
  EventLog,
  Held,
  openSession,
  run,
  runToTexts,
  shownBy,
  start,
  textsOf,
} from "../support/cells.js";

const refusedWith = (code: string): unknown => expect.objectContaining({ code });

describe("a source", () => {
  test("is a strict module whose this is undefined and that may await", async () => {
    const source = `#!/usr/bin/env node
      export const answer = await Promise.resolve(42);
      text(typeof this);
      text((function () { return this === undefined; })());
      text(answer);
      "dropped"`;
    expect(await runToTexts(source)).toEqual(["undefined", "true", "42"]);
  });

  test("that is empty completes without output", async () => {
    const outcome = completedOf(await run(""));
    expect(outcome).toMatchObject({ cellId: "1", output: [], logs: [], warnings: [] });
  });

  test("that is no string is the caller's mistake", async () => {
    await using session = openSession();
    await expect(session.exec(5 as never)).rejects.toThrow(refusedWith("ERR_INVALID_OPTION"));
  });
});

describe("observing", () => {
  test("gives what is new since the last observation, the end once, and then nothing", async () => {
    const gates = [new Held(), new Held()];
    let next = 0;
    const gate = { execute: () => gates[next++]?.promise };
    await using session = openSession({ tools: { gate } });
    const source = `
      text(1); yield_control(); await tools.gate();
      text(2); yield_control(); await tools.gate();
      text(3);`;
    const waitPast = (index: number): Promise<CellOutcome> => {
      const waiting = session.wait("1");
      gates[index]?.resolve();
      return waiting;
    };
    const first = await session.exec(source);
    const second = await waitPast(0);
    const third = await waitPast(1);
    expect([first, second, third].map(({ status }) => status)).toEqual([
      "yielded",
      "yielded",
      "completed",
    ]);
    expect([first, second, third].flatMap(shownBy)).toEqual(["1", "2", "3"]);
    expect(await session.wait("1")).toEqual({ status: "missing", cellId: "1", reason: "given" });
    expect(await session.terminate("2")).toEqual({
      status: "missing",
      cellId: "2",
      reason: "unknown",
    });
  });

  test("an end between two observations is kept for the next", async () => {
    await using session = openSession();
    const log = new EventLog();
    const id = await start(session, 'text("late")', { onEvent: log.push });
    await log.seen("ended");
    expect(textsOf(await session.wait(id))).toEqual(["late"]);
  });

  test("yields after the yield time, which counts from the start of the cell's code", async () => {
    await using session = openSession();
    const log = new EventLog();
    const exec = session.exec("for (;;) {}", { yieldAfterMs: 1, onEvent: log.push });
    expect(await exec).toMatchObject({ status: "yielded", output: [] });
    expect(log.types()).toEqual(["started", "yielded"]);
  });

  test("no yield time is longer than maxYieldAfterMs", async () => {
    await using session = openSession({ maxYieldAfterMs: 1, yieldAfterMs: Infinity });
    expect(await session.exec("for (;;) {}", { yieldAfterMs: 1e9 })).toMatchObject({
      status: "yielded",
    });
    expect(await session.wait("1", { yieldAfterMs: 1e9 })).toMatchObject({ status: "yielded" });
  });

  test("is for one at a time", async () => {
    await using session = openSession();
    const id = await start(session, "for (;;) {}");
    const waiting = session.wait(id);
    await expect(session.wait(id)).rejects.toThrow(refusedWith("ERR_CELL_BUSY"));
    expect((await session.terminate(id)).status).toBe("terminated");
    expect(await waiting).toMatchObject({ status: "terminated", reason: "requested" });
  });

  test("an aborted wait rejects with the reason, and the cell goes on", async () => {
    const held = new Held<string>();
    await using session = openSession({ tools: { hold: { execute: () => held.promise } } });
    const id = await start(session, "text(await tools.hold())");
    const reason = new Error("enough");
    const abort = new AbortController();
    const waiting = session.wait(id, { signal: abort.signal });
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(session.wait(id, { signal: abort.signal })).rejects.toBe(reason);
    held.resolve("went on");
    expect(textsOf(await session.wait(id))).toEqual(["went on"]);
  });
});

test("what the engine does later is done while a cell waits: callbacks of a FinalizationRegistry run", async () => {
  const source = `
    const collected = new Promise((resolve) => {
      globalThis.registry = new FinalizationRegistry(resolve);
    });
    (() => registry.register({}, "collected"))();
    let isOver = false;
    collected.then(() => { isOver = true; });
    // Objects that stay make the engine look through all that it has.
    const kept = [];
    while (!isOver && kept.length < 1_000) {
      for (let i = 0; i < 10; i += 1) kept.push(new Array(1e4).fill(i + 0.5));
      await new Promise((go) => setTimeout(go, 0));
    }
    text(isOver);`;
  expect(await runToTexts(source)).toEqual(["true"]);
});

describe("the end", () => {
  test("drops pending timers and promises", async () => {
    const source = `
      setTimeout(() => text("timer"), 1);
      (async () => { await null; await null; await new Promise((go) => setTimeout(go, 1)); text("late"); })();
      text("main");`;
    expect(await runToTexts(source)).toEqual(["main"]);
  });

  test("waits until the host has taken every notification", async () => {
    const held = new Held();
    const log = new EventLog();
    await using session = openSession({ onNotify: () => held.promise, onEvent: log.push });
    const exec = session.exec('notify("a"); notify("b");');
    await log.seen("notify", 2);
    expect(log.types()).not.toContain("ended");
    held.resolve();
    expect((await exec).status).toBe("completed");
  });

  test("tells which notifications failed", async () => {
    const onNotify = ({ text }: { readonly text: string }): void => {
      if (text === "bad") throw new Error("no room");
    };
    expect(await run('notify("bad"); notify("good");', { onNotify })).toMatchObject({
      status: "completed",
      warnings: [{ type: "notificationFailed", text: "no room" }],
    });
  });

  test("reports what the cell used", async () => {
    const tools = { one: { execute: () => 1 } };
    const { usage } = completedOf(
      await run('await tools.one(); text("é1"); notify("n");', { tools }),
    );
    expect(usage).toMatchObject({ toolCalls: 1, outputBytes: 3 });
    expect(usage.heapBytes).toBeGreaterThan(0);
    expect(usage.cpuMs).toBeGreaterThan(0);
    expect(usage.wallMs).toBeGreaterThan(0);
  });
});

describe("a cell that can never go on", () => {
  const stuck = 'text("before"); await new Promise(() => {});';

  test("fails at once", async () => {
    expect(await run(stuck)).toMatchObject({
      status: "failed",
      output: [{ type: "text", text: "before" }],
      error: { code: "ERR_CELL_DEADLOCK", text: expect.stringContaining("can never go on") },
    });
  });

  test("waits for ever where that is wanted", async () => {
    await using session = openSession({ deadlock: "wait" });
    expect(await session.exec(stuck, { yieldAfterMs: 20 })).toMatchObject({ status: "yielded" });
    expect(await session.wait("1", { yieldAfterMs: 20 })).toMatchObject({ status: "yielded" });
  });

  test("is not one that waits for a timer or a tool", async () => {
    const tools = { later: { execute: () => new Promise((go) => setImmediate(go, "tool")) } };
    const source = `
      text(await new Promise((go) => setTimeout(go, 5, "timer")));
      text(await tools.later());`;
    expect(await runToTexts(source, { tools })).toEqual(["timer", "tool"]);
  });
});

describe("a session", () => {
  test("runs a hundred cells at once, each with an id of its own", async () => {
    const all = new Held();
    let running = 0;
    const meet = {
      execute: () => {
        running += 1;
        if (running === 100) all.resolve();
        return all.promise;
      },
    };
    await using session = openSession({ tools: { meet } });
    const cells = Array.from({ length: 100 }, (_, i) =>
      session.exec(`await tools.meet(); text(${i})`),
    );
    const outcomes = await Promise.all(cells);
    expect(outcomes.flatMap(textsOf)).toEqual(outcomes.map((_, i) => String(i)));
    expect(outcomes.map(({ cellId }) => cellId)).toEqual(outcomes.map((_, i) => String(i + 1)));
  });

  test("that is closed refuses cells, and keeps ends that were not observed", async () => {
    const session = openSession();
    const log = new EventLog();
    await start(session, 'text("unseen")', { onEvent: log.push });
    await log.seen("ended");
    const running = await start(session, "for (;;) {}");
    await session.close();
    await session.close();
    await expect(session.exec("")).rejects.toThrow(refusedWith("ERR_SESSION_CLOSED"));
    expect(textsOf(await session.wait("1"))).toEqual(["unseen"]);
    expect(await session.wait(running)).toMatchObject({ status: "terminated", reason: "closed" });
  });
});
