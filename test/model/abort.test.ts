import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { createModelTools, type ToolContext } from "../../src/index.js";
import { Held, openSession } from "../support/cells.js";

/** A session with a tool that answers when the test wants, and its model's tools. */
function heldTools(abort?: "call" | "cell") {
  const answer = new Held<string>();
  const called = new Held<AbortSignal>();
  const session = openSession({
    tools: {
      ask: {
        execute: (_input: unknown, { signal }: ToolContext) => {
          called.resolve(signal);
          return answer.promise;
        },
      },
    },
  });
  return { session, answer, called, ...createModelTools(session, { abort }) };
}

const program = "yield_control(); text(await tools.ask());";

describe("the signal of a call", () => {
  test("does not end a cell that the call has handed over as yielded", async () => {
    const { session, exec, wait, answer, called } = heldTools();
    await using _ = session;
    const abort = new AbortController();
    const yielded = await exec.execute({ code: program }, { signal: abort.signal });
    expect(yielded.outcome?.status).toBe("yielded");
    const toolSignal = await called.promise;
    abort.abort();
    expect(toolSignal.aborted).toBe(false);
    answer.resolve("answered");
    const { content } = await wait.execute({ cell_id: "1" });
    expect(content).toContainEqual({ type: "text", text: "answered" });
  });

  test.each(["call", "cell"] as const)(
    'ends a cell that exec still waits for, with abort: "%s"',
    async (abort) => {
      const { session, exec, called } = heldTools(abort);
      await using _ = session;
      const controller = new AbortController();
      const running = exec.execute({ code: "await tools.ask();" }, { signal: controller.signal });
      await called.promise;
      controller.abort();
      expect((await running).outcome).toMatchObject({ status: "terminated", reason: "aborted" });
    },
  );

  test('ends a yielded cell too, with abort: "cell"', async () => {
    const { session, exec, wait, called } = heldTools("cell");
    await using _ = session;
    const abort = new AbortController();
    await exec.execute({ code: program }, { signal: abort.signal });
    await called.promise;
    abort.abort();
    const { outcome } = await wait.execute({ cell_id: "1" });
    expect(outcome).toMatchObject({ status: "terminated", reason: "aborted" });
  });

  test('of wait ends the cell that it waits for, with abort: "cell"', async () => {
    const { session, exec, wait, called } = heldTools("cell");
    await using _ = session;
    await exec.execute({ code: program });
    const toolSignal = await called.promise;
    const abort = new AbortController();
    const waiting = wait.execute({ cell_id: "1" }, { signal: abort.signal });
    abort.abort();
    expect((await waiting).outcome?.status).toBe("terminated");
    expect(toolSignal.aborted).toBe(true);
  });

  test('of wait ends no cell while it is not aborted, with abort: "cell"', async () => {
    const { session, exec, wait, answer, called } = heldTools("cell");
    await using _ = session;
    await exec.execute({ code: program });
    const toolSignal = await called.promise;
    const { signal } = new AbortController();
    const waiting = wait.execute({ cell_id: "1" }, { signal });
    answer.resolve("answered");
    const { content, outcome } = await waiting;
    expect(outcome?.status).toBe("completed");
    expect(content).toContainEqual({ type: "text", text: "answered" });
    expect(toolSignal.aborted).toBe(false);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test('of wait that is aborted before ends the cell, with abort: "cell"', async () => {
    const { session, exec, wait, called } = heldTools("cell");
    await using _ = session;
    await exec.execute({ code: program });
    await called.promise;
    const { outcome } = await wait.execute({ cell_id: "1" }, { signal: AbortSignal.abort() });
    expect(outcome?.status).toBe("terminated");
  });

  test("leaves no listener behind", async () => {
    const { session, exec } = heldTools();
    await using _ = session;
    const { signal } = new AbortController();
    await exec.execute({ code: "1;" }, { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
