import { expect, test } from "vitest";
import type { CellSession } from "../../src/client.js";
import { connectCodeMode } from "../../src/client.js";
import type { EndedOutcome } from "../../src/index.js";
import { CellServer, serverToken } from "../support/cell-server.js";
import { Held } from "../support/cells.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";
import { compiledRecipe } from "../support/job-programs.js";

interface Job {
  readonly id: string;
  readonly source: string;
  readonly signal?: AbortSignal;
  readonly isCancelled?: () => boolean;
}

interface Recipe {
  runJob(session: CellSession, job: Job, onAlive?: () => void): Promise<EndedOutcome>;
}

/** The function of docs/recipes.md; test/frameworks/ runs its programs with the real libraries. */
function recipe(): Promise<Recipe> {
  return import(`data:text/javascript,${encodeURIComponent(compiledRecipe("run-job.ts"))}`);
}

const output = ["a", "b"].map((text) => ({ type: "text", text }));

test("a job that is tried again finds the cell of its first try, and has all its output", async () => {
  const { runJob } = await recipe();
  await using runtimes = new DurableRuntimes();
  let calls = 0;
  const tools = { count: { execute: () => (calls += 1) } };
  const source = 'text("a"); yield_control(); await tools.count(); text("b")';
  const job = { id: "job-1", source };
  const first = await runJob((await runtimes.next({ tools })).openSession({ id: "s" }), job);
  const again = await runJob((await runtimes.next({ tools })).openSession({ id: "s" }), job);
  expect(first).toMatchObject({ status: "completed", output });
  expect(again).toMatchObject({ status: "completed", cellId: first.cellId, output });
  expect(calls).toBe(1);
});

test("a job does the same on a server", async () => {
  const { runJob } = await recipe();
  await using server = await CellServer.start();
  const codeMode = connectCodeMode({ url: server.url, token: serverToken });
  const job = { id: "job-1", source: 'text("a"); yield_control(); text("b")' };
  let alive = 0;
  const end = await runJob(codeMode.openSession({ id: "s" }), job, () => {
    alive += 1;
  });
  expect(end).toMatchObject({ status: "completed", output });
  expect(alive).toBeGreaterThan(0);
});

for (const isCancelled of [false, true]) {
  const what = isCancelled ? "ends its cell for good" : "leaves its cell to the next try";
  test(`a job that stops waiting, ${isCancelled ? "" : "not "}because it was cancelled, ${what}`, async () => {
    const { runJob } = await recipe();
    await using runtimes = new DurableRuntimes();
    const begun = new Held();
    let isHeld = true;
    const step = (): unknown => {
      begun.resolve();
      return isHeld ? new Promise(() => {}) : "stepped";
    };
    const codeMode = await runtimes.next({ tools: { step: { onLost: "retry", execute: step } } });
    const leave = new AbortController();
    const job = { id: "job-1", source: "text(await tools.step());", signal: leave.signal };
    {
      await using session = codeMode.openSession({ id: "s" });
      const first = runJob(session, { ...job, isCancelled: () => isCancelled });
      await begun.promise;
      leave.abort(new Error("The worker ends."));
      await expect(first).rejects.toThrow("The worker ends.");
    }
    isHeld = false;
    await using session = codeMode.openSession({ id: "s" });
    const end = await runJob(session, { ...job, signal: new AbortController().signal });
    expect(end.status).toBe(isCancelled ? "terminated" : "completed");
  });
}
