import { describe, expect, test } from "vitest";
import { failedOf, Held, openSession, start } from "../support/cells.js";

const saysAndHangs = 'text("a"); await tools.hold(); text("b")';

/** A session whose tool `hold` is called and answers when it is told to. */
function holding() {
  const called = new Held<void>();
  const held = new Held<string>();
  const session = openSession({
    yieldAfterMs: Infinity,
    tools: {
      hold: {
        execute: () => {
          called.resolve();
          return held.promise;
        },
      },
    },
  });
  return { session, called: called.promise, release: () => held.resolve("") };
}

describe("yieldNow", () => {
  test("ends an exec as yielded with the output so far, and the cell goes on", async () => {
    const { session, called, release } = holding();
    await using _ = session;
    const ids: string[] = [];
    const exec = session.exec(saysAndHangs, { onCellId: (id) => ids.push(id) });
    await called;
    expect(await session.yieldNow(ids[0] ?? "")).toBe(true);
    expect(await exec).toMatchObject({
      status: "yielded",
      reason: "host",
      output: [{ text: "a" }],
    });
    release();
    expect(await session.wait("1")).toMatchObject({ status: "completed", output: [{ text: "b" }] });
  });

  test("ends a wait as yielded, also that of a cell that never stops to compute", async () => {
    await using session = openSession({ yieldAfterMs: Infinity });
    const id = await start(session, "for (let i = 0; ; i++) if (i === 1) text(i)");
    const wait = session.wait(id);
    expect(await session.yieldNow(id)).toBe(true);
    expect(await wait).toMatchObject({ status: "yielded", reason: "host" });
  });

  test("of a cell that has not started ends its exec once it has", async () => {
    await using session = openSession({ yieldAfterMs: Infinity });
    const exec = session.exec("for (;;) {}");
    expect(await session.yieldNow("1")).toBe(true);
    expect(await exec).toMatchObject({ status: "yielded", reason: "host", output: [] });
  });

  test("does nothing where nobody observes the cell, or there is none", async () => {
    await using session = openSession();
    const id = await start(session, "for (;;) {}");
    expect(await session.yieldNow(id)).toBe(false);
    expect(await session.yieldNow("7")).toBe(false);
    expect(await session.wait(id, { yieldAfterMs: 0 })).toMatchObject({ reason: "time" });
  });

  test("leaves an exec whose cell is being ended to its end", async () => {
    await using session = openSession({ yieldAfterMs: Infinity });
    const exec = session.exec("for (;;) {}");
    const end = session.terminate("1");
    void session.yieldNow("1");
    expect(await exec).toMatchObject({ status: "terminated" });
    await end;
  });

  test("is an event with its reason", async () => {
    await using session = openSession({ yieldAfterMs: Infinity });
    const reasons: string[] = [];
    const exec = session.exec("for (;;) {}", {
      onEvent: (event) => event.type === "yielded" && reasons.push(event.reason),
    });
    void session.yieldNow("1");
    await exec;
    expect(reasons).toEqual(["host"]);
  });
});

test("maxYieldAfterMs is how long an exec and a wait take at most, whatever they ask for", async () => {
  await using session = openSession({ maxYieldAfterMs: 1 });
  const forever = { yieldAfterMs: Infinity };
  const yielded = { status: "yielded", reason: "time" };
  expect(await session.exec("for (;;) {}", forever)).toMatchObject(yielded);
  expect(await session.wait("1", forever)).toMatchObject(yielded);
});

describe("yieldSignal", () => {
  test("ends an exec as yielded, and the cell goes on", async () => {
    const { session, called, release } = holding();
    await using _ = session;
    const steer = new AbortController();
    const exec = session.exec(saysAndHangs, { yieldSignal: steer.signal });
    await called;
    steer.abort();
    expect(await exec).toMatchObject({
      status: "yielded",
      reason: "host",
      output: [{ text: "a" }],
    });
    release();
    expect((await session.wait("1")).status).toBe("completed");
  });

  test("ends a wait as yielded, and the next wait goes on", async () => {
    const { session, release } = holding();
    await using _ = session;
    const id = await start(session, saysAndHangs);
    const steer = new AbortController();
    const wait = session.wait(id, { yieldSignal: steer.signal });
    steer.abort();
    expect(await wait).toMatchObject({ status: "yielded", reason: "host" });
    release();
    expect((await session.wait(id)).status).toBe("completed");
  });

  test("that is aborted from the beginning yields as soon as the cell has started", async () => {
    await using session = openSession({ yieldAfterMs: Infinity, limits: { cells: 1 } });
    const yieldSignal = AbortSignal.abort();
    const first = await session.exec("for (;;) {}", { yieldSignal });
    expect(first).toMatchObject({ status: "yielded", reason: "host" });
    expect(await session.wait("1", { yieldSignal })).toMatchObject({ reason: "host" });
    const queued = session.exec("for (;;) {}", { yieldSignal });
    await session.terminate("1");
    expect(await queued).toMatchObject({ status: "yielded", cellId: "2", reason: "host" });
  });

  test("that is no signal is refused", async () => {
    await using session = openSession();
    const options = { yieldSignal: {} as AbortSignal };
    const error = {
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining('"yieldSignal" must be'),
    };
    await expect(session.exec("1", options)).rejects.toMatchObject(error);
    await expect(session.wait("1", options)).rejects.toMatchObject(error);
  });
});

describe("onCellId", () => {
  test("is told before exec returns, also where the cell must wait for a place", async () => {
    await using session = openSession({ limits: { cells: 1 } });
    const ids: string[] = [];
    const onCellId = (id: string): void => void ids.push(id);
    const first = session.exec("text(1)", { onCellId });
    const second = session.exec("text(2)", { onCellId });
    expect(ids).toEqual(["1", "2"]);
    expect([await first, await second]).toMatchObject([{ cellId: "1" }, { cellId: "2" }]);
  });

  test("that throws becomes a warning, and the cell runs", async () => {
    await using session = openSession();
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const outcome = await session.exec("text(1)", {
      onCellId: () => {
        throw new Error("mine");
      },
    });
    expect(outcome.status).toBe("completed");
    expect((await warned).message).toBe("The onCellId handler failed: mine");
  });
});

describe("an outcome", () => {
  test("that is yielded says why", async () => {
    await using session = openSession();
    expect(await session.exec("yield_control(); for (;;) {}")).toMatchObject({
      status: "yielded",
      reason: "requested",
    });
    expect(await session.wait("1", { yieldAfterMs: 0 })).toMatchObject({ reason: "time" });
  });

  test("that is an end says when that came, however late it is read", async () => {
    await using session = openSession();
    const before = Date.now();
    const told = new Held<void>();
    const id = await start(session, "text(1)", {
      onEvent: (event) => event.type === "ended" && told.resolve(),
    });
    await told.promise;
    const after = Date.now();
    const { endedAt } = (await session.wait(id)) as { endedAt: number };
    expect(endedAt).toBeGreaterThanOrEqual(before);
    expect(endedAt).toBeLessThanOrEqual(after);
  });

  test("of a cell that a failed tool has ended has the tool's own text as its message", async () => {
    await using session = openSession({
      tools: {
        explode: {
          execute: () => {
            throw new Error("tool exploded:\n  at line 1");
          },
        },
      },
    });
    const { error } = failedOf(await session.exec("await tools.explode()"));
    expect(error).toMatchObject({ name: "ToolError", message: "tool exploded:\n  at line 1" });
  });
});
