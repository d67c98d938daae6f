import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { type CellEvent, createCodeMode } from "../../src/index.js";
import { Held, start, textsOf } from "../support/cells.js";
import { collected } from "../support/collected.js";

const threads = (): number => getBinding().threadCount();

describe("closing", () => {
  test("a session waits until the threads of its cells are gone, and leaves other sessions alone", async () => {
    await using codeMode = createCodeMode({ prewarm: 0 });
    const [one, other] = [codeMode.openSession(), codeMode.openSession()];
    await start(one, "for (;;);");
    const ending = one.exec("for (;;);");
    await one.close();
    expect(threads()).toBe(0);
    expect(await ending).toMatchObject({ status: "terminated", reason: "closed" });
    expect(textsOf(await other.exec('text("alive")'))).toEqual(["alive"]);
  });

  test("a session answers execs that wait for a cell to end", async () => {
    await using codeMode = createCodeMode({ prewarm: 0, limits: { cells: 1 } });
    const session = codeMode.openSession();
    await start(session, "for (;;);");
    const waiting = session.exec("text(1)");
    await session.close();
    expect(await waiting).toMatchObject({ status: "terminated", reason: "closed" });
    await expect(session.exec("text(1)")).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  });

  test("a session answers its execs at once where another one's cells have all the slots", async () => {
    await using codeMode = createCodeMode({ prewarm: 0, limits: { cells: 1 } });
    const [busy, waits] = [codeMode.openSession(), codeMode.openSession()];
    const id = await start(busy, "for (;;);");
    const exec = waits.exec("text(1)");
    await waits.close();
    expect(await exec).toMatchObject({ status: "terminated", reason: "closed" });
    await busy.terminate(id);
    expect(textsOf(await busy.exec("text(2)"))).toEqual(["2"]);
  });

  test("a session that was closed can be collected though its runtime stays", async () => {
    await using codeMode = createCodeMode({ prewarm: 0 });
    const closed = async (): Promise<WeakRef<object>> => {
      const data = {};
      const session = codeMode.openSession({ data });
      await session.exec("");
      await session.close();
      return new WeakRef(data);
    };
    await collected(await closed());
  });

  test("nothing holds what a cell was given once that has ended, though its session stays open", async () => {
    await using session = createCodeMode({ prewarm: 0 }).openSession();
    const ended = async (): Promise<WeakRef<object>> => {
      const context = {};
      await session.exec("text(1)", { context });
      return new WeakRef(context);
    };
    await collected(await ended());
  });

  test("what a closed session has kept no longer counts for its runtime, and can be read", async () => {
    await using codeMode = createCodeMode({ prewarm: 0, limits: { unseenBytes: 20_000 } });
    const [closed, other] = [codeMode.openSession(), codeMode.openSession()];
    for (const session of [closed, other]) {
      const told = new Held();
      const onEvent = ({ type }: CellEvent): void => void (type === "ended" && told.resolve());
      await start(session, 'text("x".repeat(10_000))', { onEvent });
      await told.promise;
      if (session === closed) await closed.close();
    }
    for (const session of [closed, other]) {
      expect(textsOf(await session.wait("1"))).toEqual(["x".repeat(10_000)]);
    }
  });

  test("a runtime waits until the isolates that it kept ready are gone", async () => {
    const codeMode = createCodeMode({ prewarm: 2 });
    await codeMode.openSession().exec("");
    // What the cell took is made when its exec has been answered.
    while (getBinding().spareCount() !== 2) await nextTurn();
    await codeMode.close();
    expect(threads()).toBe(0);
  });

  test("a runtime closes its sessions and opens no more", async () => {
    const codeMode = createCodeMode();
    const session = codeMode.openSession();
    const id = await start(session, "for (;;);");
    await Promise.all([codeMode.close(), codeMode.close()]);
    expect(threads()).toBe(0);
    expect(await session.wait(id)).toMatchObject({ status: "terminated", reason: "closed" });
    await expect(session.exec("text(1)")).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
    expect(() => codeMode.openSession()).toThrow(/closed/);
  });
});

test("sessions have ids of their own", async () => {
  await using codeMode = createCodeMode();
  const ids = [codeMode.openSession().id, codeMode.openSession().id];
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^\S{8,}$/);
});

test("a source is a string", async () => {
  await using codeMode = createCodeMode();
  await expect(codeMode.openSession().exec(1 as never)).rejects.toMatchObject({
    code: "ERR_INVALID_OPTION",
    message: expect.stringContaining('"source" must be a string'),
  });
});

test("an id of a cell is a string", async () => {
  await using codeMode = createCodeMode();
  const session = codeMode.openSession();
  const error = expect.objectContaining({ code: "ERR_INVALID_OPTION" });
  await expect(session.wait(1 as never)).rejects.toThrow(error);
  await expect(session.terminate(1 as never)).rejects.toThrow(error);
  await expect(session.yieldNow(1 as never)).rejects.toThrow(error);
});

test("what a cell stores is there for the next, however often it has been read", async () => {
  await using codeMode = createCodeMode();
  const session = codeMode.openSession();
  for (const n of [1, 2, 3]) {
    expect(textsOf(await session.exec(`text(load("n") ?? 0); store("n", ${n});`))).toEqual([
      String(n - 1),
    ]);
    expect(await session.storedValues()).toEqual({ n });
  }
  await session.exec("text(1)");
  expect(await session.storedValues()).toEqual({ n: 3 });
});
