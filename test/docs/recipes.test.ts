import { readFileSync } from "node:fs";
import { transform } from "esbuild";
import { expect, test } from "vitest";
import type { CellSession } from "../../src/client.js";
import { connectCodeMode } from "../../src/client.js";
import type { EndedOutcome } from "../../src/index.js";
import { CellServer, serverToken } from "../support/cell-server.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";

interface Recipe {
  runJob(
    session: CellSession,
    job: { readonly id: string; readonly source: string; readonly signal: AbortSignal },
    onAlive?: () => void,
  ): Promise<EndedOutcome>;
}

/** The program of docs/recipes.md. */
async function recipe(): Promise<Recipe> {
  const page = readFileSync("docs/recipes.md", "utf8");
  const [, program = ""] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
  const { code } = await transform(program, { loader: "ts", format: "esm" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

const { signal } = new AbortController();
const output = ["a", "b"].map((text) => ({ type: "text", text }));

test("a job that is tried again finds the cell of its first try, and has all its output", async () => {
  const { runJob } = await recipe();
  await using runtimes = new DurableRuntimes();
  let calls = 0;
  const tools = { count: { execute: () => (calls += 1) } };
  const source = 'text("a"); yield_control(); await tools.count(); text("b")';
  const job = { id: "job-1", source, signal };
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
  const job = { id: "job-1", source: 'text("a"); yield_control(); text("b")', signal };
  let alive = 0;
  const end = await runJob(codeMode.openSession({ id: "s" }), job, () => {
    alive += 1;
  });
  expect(end).toMatchObject({ status: "completed", output });
  expect(alive).toBe(1);
});
