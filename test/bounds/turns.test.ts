import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { processorCount } from "../../src/base/processor-count.js";
import { RuntimeSlots, type SlotLimits } from "../../src/bounds/runtime-slots.js";
import { SessionSlots } from "../../src/bounds/session-slots.js";
import { createCodeMode } from "../../src/index.js";
import { start } from "../support/cells.js";

const many = 1000;
const roomy: SlotLimits = { cells: many, queuedCells: many };

/** The slots of sessions of one runtime, and the order in which their execs get them. */
class Runtime {
  readonly order: string[] = [];
  readonly #runtime: RuntimeSlots;

  constructor(limits: Partial<SlotLimits>) {
    this.#runtime = new RuntimeSlots({ ...roomy, ...limits });
  }

  session(limits: Partial<SlotLimits> = {}): SessionSlots {
    return new SessionSlots({ ...roomy, ...limits }, this.#runtime);
  }

  /** Takes slots for cells that run. */
  fill(session: SessionSlots, cells: number): void {
    for (let i = 0; i < cells; i += 1) {
      expect(session.enter()).toBe(true);
      session.startOver();
    }
  }

  wait(session: SessionSlots, name: string): void {
    void session.wait(undefined).then((answer) => this.order.push(`${name} ${answer}`));
  }
}

/** After this, all that could go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("sessions take turns:", () => {
  test("with two cells and three sessions, however much the first one asks for", async () => {
    const runtime = new Runtime({ cells: 2 });
    const sessions = { a: runtime.session(), b: runtime.session(), c: runtime.session() };
    runtime.fill(sessions.a, 2);
    for (const [name, session] of Object.entries(sessions)) {
      for (let i = 0; i < 3; i += 1) runtime.wait(session, name);
    }
    let last = sessions.a;
    for (let i = 0; i < 9; i += 1) {
      last.leave();
      await settled();
      const [name = ""] = runtime.order.at(-1)?.split(" ") ?? [];
      last = sessions[name as "a"];
      last.startOver();
    }
    expect(runtime.order.map(([name]) => name).join("")).toBe("abcabcabc");
  });

  test("one that alone waits gets every slot that becomes free, before its cells have started", async () => {
    const runtime = new Runtime({ cells: 3 });
    const [busy, waiting] = [runtime.session(), runtime.session()];
    runtime.fill(busy, 3);
    runtime.wait(waiting, "first");
    runtime.wait(waiting, "second");
    busy.leave();
    busy.leave();
    // Nobody waits for the third.
    busy.leave();
    await settled();
    const both = ["first entered", "second entered"];
    expect(runtime.order).toEqual(both.slice(0, processorCount));
    waiting.startOver();
    await settled();
    expect(runtime.order).toEqual(both);
  });

  test("one that has no room for another cell is passed over", async () => {
    const runtime = new Runtime({ cells: 2 });
    const [narrow, other] = [runtime.session({ cells: 1 }), runtime.session()];
    runtime.fill(narrow, 1);
    runtime.fill(other, 1);
    runtime.wait(narrow, "narrow");
    runtime.wait(other, "other");
    other.leave();
    await settled();
    expect(runtime.order).toEqual(["other entered"]);
    other.startOver();
    narrow.leave();
    await settled();
    expect(runtime.order).toEqual(["other entered", "narrow entered"]);
  });

  test("one that gives up its wait gives up its place too", async () => {
    const runtime = new Runtime({ cells: 1 });
    const [busy, fickle, patient] = [runtime.session(), runtime.session(), runtime.session()];
    runtime.fill(busy, 1);
    const aborting = new AbortController();
    const given = fickle.wait(aborting.signal);
    runtime.wait(patient, "patient");
    aborting.abort();
    expect(await given).toBe("aborted");
    runtime.wait(fickle, "fickle");
    busy.leave();
    await settled();
    expect(runtime.order).toEqual(["patient entered"]);
  });

  test("one that is closed has its waits answered at once, whoever has the slots", async () => {
    const runtime = new Runtime({ cells: 1 });
    const [busy, closed, other] = [runtime.session(), runtime.session(), runtime.session()];
    runtime.fill(busy, 1);
    runtime.wait(closed, "first");
    runtime.wait(closed, "second");
    runtime.wait(other, "other");
    closed.close();
    await settled();
    expect(runtime.order).toEqual(["first closed", "second closed"]);
    busy.leave();
    await settled();
    expect(runtime.order.at(-1)).toBe("other entered");
  });

  test("each has its own limit, however much room the runtime has", async () => {
    const runtime = new Runtime({});
    const session = runtime.session({ cells: 2 });
    runtime.fill(session, 2);
    expect(session.enter()).toBe(false);
    runtime.wait(session, "third");
    await settled();
    expect(runtime.order).toEqual([]);
    session.leave();
    await settled();
    expect(runtime.order).toEqual(["third entered"]);
  });

  test("an exec does not overtake those of its session that wait", () => {
    const runtime = new Runtime({ cells: 1 });
    const session = runtime.session();
    runtime.fill(session, 1);
    runtime.wait(session, "first");
    expect(session.enter()).toBe(false);
  });
});

describe("only as many cells are being started as there are processors:", () => {
  test("the next waits for one of them to have started", async () => {
    const runtime = new Runtime({});
    const session = runtime.session();
    const entered = Array.from({ length: processorCount + 2 }, () => session.enter());
    expect(entered.filter(Boolean)).toHaveLength(processorCount);
    runtime.wait(session, "next");
    await settled();
    expect(runtime.order).toEqual([]);
    session.startOver();
    await settled();
    expect(runtime.order).toEqual(["next entered"]);
  });

  test("one that fails to start gives its slot back", async () => {
    const runtime = new Runtime({ cells: 1 });
    const session = runtime.session();
    const fail = (): never => {
      throw new Error("no thread");
    };
    // So often that no start could follow if one of them still counted as being started.
    for (let i = 0; i <= processorCount; i += 1) {
      expect(session.enter()).toBe(true);
      expect(() => session.leaveOnThrow(fail)).toThrow("no thread");
    }
    expect(session.enter()).toBe(true);
    expect(session.leaveOnThrow(() => "started")).toBe("started");
    expect(session.enter()).toBe(false);
  });
});

describe("limits.queuedCells", () => {
  // Execs for which there is a slot wait for a processor only.
  test.each([
    ["of a session", {}, { cells: processorCount + 2, queuedCells: 1 }, "in this session"],
    ["of a runtime", { cells: processorCount + 2, queuedCells: 1 }, {}, "in all sessions"],
  ])("%s does not count execs that have a slot", async (_, limits, ofSession, where) => {
    const runtime = new Runtime(limits);
    const session = runtime.session(ofSession);
    while (session.enter());
    for (let i = 0; i < 3; i += 1) runtime.wait(session, String(i));
    await expect(session.wait(undefined)).rejects.toMatchObject({
      code: "ERR_QUEUE_FULL",
      message: expect.stringContaining(where),
    });
    session.startOver();
    await settled();
    expect(runtime.order).toEqual(["0 entered"]);
    await expect(session.wait(undefined)).rejects.toMatchObject({ code: "ERR_QUEUE_FULL" });
  });

  test("of a runtime counts the execs of all its sessions, and its place is free when one is given up", async () => {
    const tools = { go: { execute: (): Promise<never> => new Promise(() => {}) } };
    await using mode = createCodeMode({ tools, limits: { cells: 1, queuedCells: 2 } });
    const [one, other] = [mode.openSession(), mode.openSession()];
    await start(one, "await tools.go();");
    const aborting = new AbortController();
    const waiting = [one.exec("text(1)"), other.exec("text(2)", { signal: aborting.signal })];
    await expect(other.exec("text(3)")).rejects.toMatchObject({
      code: "ERR_QUEUE_FULL",
      message: expect.stringContaining("in all sessions of this runtime"),
    });
    aborting.abort();
    expect(await waiting[1]).toMatchObject({ status: "terminated", reason: "aborted" });
    waiting.push(other.exec("text(4)"));
    await expect(one.exec("text(5)")).rejects.toMatchObject({ code: "ERR_QUEUE_FULL" });
    await mode.close();
    const ends = await Promise.all(waiting);
    expect(ends).toMatchObject(["closed", "aborted", "closed"].map((reason) => ({ reason })));
  });

  test("of a session is its own, where the runtime has room", async () => {
    const tools = { go: { execute: (): Promise<never> => new Promise(() => {}) } };
    await using mode = createCodeMode({ tools, limits: { cells: 1 } });
    const session = mode.openSession({ limits: { queuedCells: 1 } });
    await start(session, "await tools.go();");
    const waiting = session.exec("text(1)");
    await expect(session.exec("text(2)")).rejects.toMatchObject({
      code: "ERR_QUEUE_FULL",
      message: expect.stringContaining("in this session"),
    });
    await session.close();
    expect(await waiting).toMatchObject({ status: "terminated", reason: "closed" });
  });
});

test("an exec that was given a slot leaves no listener on its signal", async () => {
  const runtime = new Runtime({ cells: 1 });
  const session = runtime.session();
  runtime.fill(session, 1);
  const { signal } = new AbortController();
  const answer = session.wait(signal);
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  session.leave();
  expect(await answer).toBe("entered");
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});
