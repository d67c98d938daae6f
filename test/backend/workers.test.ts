import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { enter, openSession, runToTexts } from "../support/cells.js";
import { runProgram } from "../support/child.js";
import { root } from "../support/mcp.js";

const doubled = Array.from({ length: 10 }, (_, i) => String(i * 2));

function startWorker(program: "complete" | "leave" | "wait"): Worker {
  return new Worker(join(root, "test/fixtures/worker.mjs"), { workerData: { program } });
}

describe("worker threads", () => {
  test("run cells side by side with each other and with the main thread", async () => {
    await using session = openSession();
    const id = await enter(session, "for (;;) {}");
    const workers = Array.from({ length: 4 }, () => startWorker("complete"));
    const answers = workers.map((worker) => once(worker, "message"));
    const exits = workers.map((worker) => once(worker, "exit"));
    expect(await runToTexts('text("main")')).toEqual(["main"]);
    expect(await Promise.all(answers)).toEqual(workers.map(() => [doubled]));
    expect(await Promise.all(exits)).toEqual(workers.map(() => [0]));
    expect(await session.terminate(id)).toMatchObject({ status: "terminated" });
  });

  test.each([
    ["are terminated", "wait"],
    ["leave by themselves", "leave"],
  ] as const)(
    "that %s under running cells end these cells and no others",
    async (_how, program) => {
      await using session = openSession();
      const id = await enter(session, "for (;;) {}");
      for (let round = 0; round < 5; round += 1) {
        const workers = Array.from({ length: 4 }, () => startWorker(program));
        const exits = workers.map((worker) => once(worker, "exit"));
        await Promise.all(workers.map((worker) => once(worker, "message")));
        if (program === "wait") await Promise.all(workers.map((worker) => worker.terminate()));
        await Promise.all(exits);
      }
      expect(await session.terminate(id)).toMatchObject({ status: "terminated" });
      expect(getBinding().threadCount()).toBe(0);
    },
  );

  test("may leave at any moment while their first isolate is made", {
    timeout: 120_000,
  }, async () => {
    expect(await runProgram("worker-warming", ["64"], { netMs: 110_000 })).toEqual({
      code: 0,
      signal: null,
      stdout: "",
      stderr: "",
    });
  });

  test("may be terminated at any moment of their cells' lives", async () => {
    for (let round = 0; round < 20; round += 1) {
      const worker = startWorker("wait");
      await once(worker, "online");
      for (let turn = 0; turn < round * 3; turn += 1) await new Promise((go) => setImmediate(go));
      await worker.terminate();
    }
    expect(await runToTexts('text("alive")')).toEqual(["alive"]);
  });

  test.each<readonly [string, string]>([
    ["whose cells run", "wait"],
    ["stuck in the handler of an event", "stuck"],
    // Newer engines end the process with a signal then; docs/limits.md says what to do.
    ...(Number.parseInt(process.versions.node, 10) < 24
      ? [["whose cells cannot be ended", "orphan"] as const]
      : []),
  ])("%s can be ended if no other thread uses the addon", async (_how, program) => {
    const { stdout, ...end } = await runProgram("worker-alone", [program]);
    expect(end).toEqual({ code: 0, signal: null, stderr: "" });
    expect(stdout).toBe("ended\n");
  });

  test("leave no thread behind", async () => {
    const { stdout, ...end } = await runProgram("worker-threads");
    expect(end).toEqual({ code: 0, signal: null, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ during: 17, after: 1, status: "terminated", atEnd: 0 });
  });
});
