import { describe, expect, test } from "vitest";
import { EventLog, Held, openSession, run, start } from "../support/cells.js";

const echo = { execute: (input: unknown) => input };

describe("a cell's events", () => {
  test("tell everything in the order in which it happens", async () => {
    const log = new EventLog();
    const fail = { execute: () => Promise.reject(new Error("no")) };
    await using session = openSession({ tools: { echo, fail }, console: true, onEvent: log.push });
    const source = `
      text("a");
      console.warn("b");
      notify("c");
      await tools.echo({ d: 1 });
      yield_control();
      await tools.fail().catch(() => {});
      image("data:,");`;
    await session.exec(source);
    const outcome = await session.wait("1");
    const cellId = "1";
    const told = log.events.map(({ sessionId, at, ...news }) => {
      expect(sessionId).toBe(session.id);
      expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
      return news;
    });
    expect(told).toEqual([
      { type: "started", cellId },
      { type: "output", cellId, item: { type: "text", text: "a" } },
      { type: "log", cellId, log: { level: "warn", text: "b", time: expect.any(Number) } },
      { type: "notify", cellId, text: "c" },
      {
        type: "toolCallStarted",
        cellId,
        callId: "1-1",
        tool: "echo",
        input: { d: 1 },
        inputBytes: 7,
      },
      {
        type: "toolCallSettled",
        cellId,
        callId: "1-1",
        tool: "echo",
        status: "fulfilled",
        durationMs: expect.any(Number),
        resultBytes: 7,
      },
      { type: "yielded", cellId, reason: "requested" },
      { type: "toolCallStarted", cellId, callId: "1-2", tool: "fail", input: null, inputBytes: 4 },
      {
        type: "toolCallSettled",
        cellId,
        callId: "1-2",
        tool: "fail",
        status: "rejected",
        durationMs: expect.any(Number),
        error: "no",
      },
      { type: "output", cellId, item: { type: "image", imageUrl: "data:,", detail: "high" } },
      { type: "ended", cellId, outcome },
    ]);
  });

  test("come while the cell runs, before any observation", async () => {
    const held = new Held();
    const log = new EventLog();
    await using session = openSession({
      tools: { hold: { execute: () => held.promise } },
      onEvent: log.push,
    });
    const exec = session.exec('text("early"); await tools.hold();');
    await log.seen("toolCallStarted");
    expect(log.types()).toEqual(["started", "output", "toolCallStarted"]);
    held.resolve();
    await exec;
  });

  test("tell what a cell hands out before it waits, whatever it waits for", async () => {
    for (const waits of ["setTimeout(go, 1e9)", "setInterval(go, 1e9)", "0"]) {
      const log = new EventLog();
      await using session = openSession({ onEvent: log.push, deadlock: "wait" });
      const id = await start(session, `text("a"); await new Promise((go) => ${waits});`);
      await log.seen("output");
      await session.terminate(id);
    }
  });

  test("say how long a tool took and that it was aborted with its cell", async () => {
    const log = new EventLog();
    const hang = { execute: (): Promise<never> => new Promise(() => {}) };
    const pause = { execute: () => new Promise((go) => setTimeout(go, 20)) };
    await using session = openSession({ tools: { hang, pause }, onEvent: log.push });
    await session.exec("tools.hang(); await tools.pause();");
    const settled = log.events.filter((event) => event.type === "toolCallSettled");
    expect(settled).toMatchObject([
      { tool: "pause", status: "fulfilled" },
      { tool: "hang", status: "aborted" },
    ]);
    for (const { durationMs } of settled) expect(durationMs).toBeGreaterThanOrEqual(19);
    expect(log.types().at(-1)).toBe("ended");
  });

  test("report a yield by time only if the cell is observed, and its end in any case", async () => {
    const log = new EventLog();
    await using session = openSession({ onEvent: log.push });
    const id = await start(session, "for (;;) {}");
    await session.terminate(id);
    expect(log.events).toMatchObject([
      { type: "started" },
      { type: "yielded", reason: "time" },
      { type: "ended", outcome: { status: "terminated" } },
    ]);
  });

  test("a failed cell has its error in its end", async () => {
    const log = new EventLog();
    await run("throw new RangeError('x')", { onEvent: log.push });
    expect(log.events.at(-1)).toMatchObject({
      type: "ended",
      outcome: { status: "failed", error: { name: "RangeError" } },
    });
  });

  test("of a cell that never started are its end alone", async () => {
    const log = new EventLog();
    await run("let let", { onEvent: log.push });
    expect(log.types().at(-1)).toBe("ended");
    expect(log.types().filter((type) => type === "ended")).toHaveLength(1);
  });
});

describe("handlers", () => {
  test("of the exec, the session and the runtime are all called, the innermost first", async () => {
    const seen: string[] = [];
    const note = (who: string) => ({
      onEvent: ({ type }: { readonly type: string }): void =>
        void (type === "ended" && seen.push(who)),
      onNotify: ({ text }: { readonly text: string }): void => void seen.push(`${who} ${text}`),
    });
    await using session = openSession(note("runtime"));
    await session.exec('notify("n")', note("exec"));
    expect(seen).toEqual(["exec n", "runtime n", "exec", "runtime"]);
  });

  test("that throw or reject become warnings of the process, and harm no cell", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const throwing = ({ type }: { readonly type: string }): void => {
      if (type === "output") throw new Error("handler failed");
    };
    const outcome = await run('text("a")', { onEvent: throwing });
    await new Promise((go) => setImmediate(go));
    process.off("warning", onWarning);
    expect(outcome).toMatchObject({ status: "completed", output: [{ text: "a" }] });
    expect(warnings.map(({ message }) => message)).toEqual([
      "The onEvent handler failed: handler failed",
    ]);
  });

  test("may start, end and close cells from within", async () => {
    await using session = openSession();
    const started = new Held<Promise<unknown>>();
    const outcome = await session.exec('text("a"); for (;;) {}', {
      onEvent: (event) => {
        if (event.type === "output") void session.terminate(event.cellId);
        if (event.type === "ended") started.resolve(session.exec('text("b")'));
      },
    });
    expect(outcome).toMatchObject({ status: "terminated", output: [{ text: "a" }] });
    expect(await await started.promise).toMatchObject({
      status: "completed",
      output: [{ text: "b" }],
    });
  });
});

test("who asks for a cell in the handler of its end is told it", async () => {
  const asked: Promise<unknown>[] = [];
  await using session = openSession({
    onEvent: ({ type, cellId }) => {
      if (type !== "ended") return;
      asked.push(session.wait(cellId), session.terminate(cellId));
    },
  });
  await session.exec("text(1)");
  expect(await Promise.allSettled(asked)).toMatchObject([
    // The exec is being told.
    { status: "rejected", reason: { code: "ERR_CELL_BUSY" } },
    { status: "fulfilled", value: { status: "completed", output: [{ text: "1" }] } },
  ]);
});
