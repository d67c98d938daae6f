import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { isRunning } from "../../scripts/lib/descendants.mjs";
import { createCodeMode } from "../../src/index.js";
import { runProgram } from "../support/child.js";
import { root } from "../support/mcp.js";
import { processHosts as hosts } from "../support/process-hosts.js";

test.each(hosts)("the end of a %s that is sent an answer meanwhile is not lost", async (host) => {
  const tools = { echo: { execute: (input: unknown) => input } };
  await using codeMode = createCodeMode({ tools, isolation: "process", processHost: host });
  const session = codeMode.openSession();
  const source = "for (let i = 0; i < 20; i++) tools.echo({ i }); await tools.echo({}); text(1);";
  for (let i = 0; i < 10; i++) {
    expect(await session.exec(source)).toMatchObject({
      status: "completed",
      output: [{ text: "1" }],
    });
  }
});

test.each(hosts)("a cell whose %s is killed has failed, with its output so far", async (host) => {
  const { told, left } = await play("killed", host);
  for (const [index, signal] of ["SIGKILL", "SIGSEGV", "SIGTERM"].entries()) {
    expect(told.outcomes[index]).toMatchObject({
      status: "failed",
      output: [{ type: "text", text: "said" }],
      logs: [{ text: "noted" }],
      error: { code: "ERR_CELL_HOST_LOST", signal, text: expect.stringContaining(signal) },
      warnings: [{ type: "toolCallsDropped" }],
    });
  }
  expect(told.next).toMatchObject({ status: "completed", output: [{ text: "nothing" }] });
  expect(told.stored).toEqual({});
  expect(left).toBe(0);
});

test.each(hosts)("an exec does not notice that a %s that was ready is gone", async (host) => {
  const { told, left } = await play("spares", host);
  expect(told).toEqual(["completed", "completed", "completed", "completed"]);
  expect(left).toBe(0);
});

test.runIf(hosts.includes("zygote"))(
  "cells are forked on though a helper has crashed before it was ready",
  async () => {
    const { told, left } = await play("crashed", "auto");
    expect(told).toBe("zygote");
    expect(left).toBe(0);
  },
);

test.runIf(hosts.includes("zygote"))(
  "cells are forked though the very first helper has crashed before it was ready",
  async () => {
    const { told, left } = await play("crashedFirst", "auto");
    expect(told).toEqual(["zygote", "zygote"]);
    expect(left).toBe(0);
  },
);

test.runIf(hosts.includes("zygote"))(
  "a session may have a zygote of its own, which no other session's cells have and which ends with it",
  async () => {
    const { told, left } = await play("apart", "zygote");
    // By the first cell that had the same: two cells of each own one, and those of all other sessions.
    expect(told).toEqual({ zygotes: [0, 1, 0, 1, 4, 4], next: "completed" });
    expect(left).toBe(0);
  },
);

test.each(hosts)("terminate() has resolved when the %s is gone", async (host) => {
  const { told, left } = await play("terminated", host);
  expect(told).toEqual({ before: 1, status: "terminated", after: 0 });
  expect(left).toBe(0);
});

test.each(hosts)("when the host is killed, no %s is left", async (host) => {
  const program = spawn(
    process.execPath,
    [join(root, "test/fixtures/processes.mjs"), "left", host],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(program.stdout, "data")) as [Buffer];
  const pids: readonly number[] = JSON.parse(line.toString());
  expect(pids.length).toBeGreaterThanOrEqual(2);
  program.kill("SIGKILL");
  await once(program, "exit");
  while (pids.some(isRunning)) await nextTurn();
});

test.each([...hosts, "auto"])(
  "a host without descriptors (%s) lives, and loses none",
  async (host) => {
    const { stdout, ...end } = await runProgram("no-descriptors", [host]);
    expect(end).toEqual({ code: 0, signal: null, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      first: "completed",
      outcomes: ["ERR_PROCESS_START", "completed"],
      last: "completed",
    });
  },
);

test("an outcome says which process its cell had, and what that gave up", async () => {
  await using mode = createCodeMode({ isolation: "process", processHost: "process", prewarm: 0 });
  const session = mode.openSession();
  expect(await session.exec("text(1)")).toMatchObject({ host: "process", confinement: [] });
  const yielded = await session.exec("await new Promise(() => setTimeout(() => {}, 1e6))", {
    yieldAfterMs: 0,
  });
  expect(yielded).toMatchObject({ status: "yielded", host: "process" });
  const onThread = await session.exec("text(2)", { isolation: "thread" });
  expect(onThread).toMatchObject({ status: "completed" });
  expect(onThread).not.toHaveProperty("host");
});

test('sandbox: "required" starts no cell where there is no sandbox', async () => {
  await using mode = createCodeMode({
    isolation: "process",
    processHost: "process",
    sandbox: "required",
  });
  await expect(mode.openSession().exec("text(1)")).rejects.toMatchObject({
    code: "ERR_SANDBOX",
    message: expect.stringContaining("docs/isolation.md"),
  });
});

test.each([
  ["isolation", { isolation: "worker" as never }, '"thread" or "process"'],
  ["processHost", { processHost: "fork" as never }, '"auto", "process" or "zygote"'],
  ["sandbox", { sandbox: true as never }, '"required", "best-effort" or "off"'],
])("another value of %s is refused", (name, options, expected) => {
  expect(() => createCodeMode(options)).toThrowError(
    expect.objectContaining({
      code: "ERR_INVALID_OPTION",
      message: expect.stringMatching(new RegExp(`${name}.*${expected}`)),
    }),
  );
});

/** What a scene has told, and how many processes it has left. */
interface Played {
  // biome-ignore lint/suspicious/noExplicitAny: each scene tells something else.
  readonly told: any;
  readonly left: number;
}

async function play(scene: string, host: string): Promise<Played> {
  const { stdout, ...end } = await runProgram("processes", [scene, host]);
  expect(end).toEqual({ code: 0, signal: null, stderr: "" });
  return JSON.parse(stdout);
}
