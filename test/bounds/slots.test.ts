import { describe, expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { createCodeMode } from "../../src/index.js";
import { Held, openSession, start } from "../support/cells.js";

const waitForGo = "await tools.go(); text('done');";

describe("limits.cells", () => {
  test("lets execs wait for a cell to end, in order", async () => {
    const held = new Held();
    const order: string[] = [];
    const tools = {
      go: { execute: (): Promise<void> => held.promise },
      note: { execute: (input: unknown): void => void order.push(String(input)) },
    };
    await using session = openSession({ tools, limits: { cells: 1 } });
    const all = Array.from({ length: 6 }, (_, i) =>
      session.exec(`await tools.note(${i}); ${waitForGo}`),
    );
    held.resolve();
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(
      new Array(6).fill("completed"),
    );
    expect(order).toEqual(["0", "1", "2", "3", "4", "5"]);
  });

  test("holds for all sessions of a runtime together, which then take turns", async () => {
    const held = new Held();
    const order: string[] = [];
    const tools = {
      go: { execute: (): Promise<void> => held.promise },
      note: { execute: (input: unknown): void => void order.push(String(input)) },
    };
    await using mode = createCodeMode({ tools, limits: { cells: 1 } });
    const [greedy, modest] = [mode.openSession(), mode.openSession()];
    const first = greedy.exec(waitForGo);
    const rest = [1, 2, 3].map((i) => greedy.exec(`await tools.note("greedy ${i}")`));
    rest.push(...[1, 2].map((i) => modest.exec(`await tools.note("modest ${i}")`)));
    held.resolve();
    await Promise.all([first, ...rest]);
    expect(order).toEqual(["modest 1", "greedy 1", "modest 2", "greedy 2", "greedy 3"]);
  });

  test("counts a cell that has yielded", async () => {
    const tools = { go: { execute: (): Promise<never> => new Promise(() => {}) } };
    await using session = openSession({ tools, limits: { cells: 1 } });
    const id = await start(session, waitForGo);
    const next = session.exec("text('next')");
    await session.terminate(id);
    expect(await next).toMatchObject({ status: "completed" });
  });
});

describe("an exec that waits for its turn", () => {
  const tools = { go: { execute: (): Promise<never> => new Promise(() => {}) } };

  test("is given up when its signal is aborted, and its place is free", async () => {
    await using session = openSession({ tools, limits: { cells: 1, queuedCells: 1 } });
    const id = await start(session, waitForGo);
    const aborting = new AbortController();
    const given = session.exec("text(1)", { signal: aborting.signal });
    aborting.abort();
    expect(await given).toMatchObject({ status: "terminated", reason: "aborted", output: [] });
    const next = session.exec("text(2)");
    await session.terminate(id);
    expect(await next).toMatchObject({ status: "completed" });
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    "does not go on where it is given up %i jobs after its turn has come",
    async (jobs) => {
      for (const how of ["aborted", "closed"] as const) {
        const session = openSession({ tools, limits: { cells: 1 } });
        const id = await start(session, waitForGo);
        const aborting = new AbortController();
        const waiting = session.exec("for (;;) {}", { signal: aborting.signal });
        // The slot is given when the first cell's thread is gone, which is when this resolves too.
        await session.terminate(id);
        for (let i = 0; i < jobs; i += 1) await null;
        if (how === "aborted") aborting.abort();
        else await session.close();
        if (how === "closed") expect(getBinding().threadCount()).toBe(0);
        expect(await waiting).toMatchObject({ status: "terminated", reason: how });
        await session.close();
      }
    },
  );

  test("ends with its session", async () => {
    const session = openSession({ tools, limits: { cells: 1 } });
    const running = session.exec(waitForGo);
    const waiting = session.exec("text(1)");
    await session.close();
    expect(await waiting).toMatchObject({ status: "terminated", reason: "closed" });
    expect(await running).toMatchObject({ status: "terminated", reason: "closed" });
  });

  test("is refused where as many wait as may", async () => {
    await using session = openSession({ tools, limits: { cells: 1, queuedCells: 2 } });
    const id = await start(session, waitForGo);
    const waiting = [session.exec("text(1)"), session.exec("text(2)")];
    await expect(session.exec("text(3)")).rejects.toMatchObject({
      code: "ERR_QUEUE_FULL",
      message: expect.stringContaining("limits.queuedCells"),
    });
    // The id that the refused exec would have had.
    expect(await session.wait("4")).toEqual({ status: "missing", cellId: "4", reason: "refused" });
    await session.terminate(id);
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([
      "completed",
      "completed",
    ]);
  });
});
