import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type RunningCli, startCli, Workspace } from "../support/cli.js";
import { fixtureServer, isRunning } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

/** How long to look for what a busy machine may do late. */
const net = { timeout: 20_000 };

/** Runs a cell that prints its server's process id and "looping", and then never ends. */
async function startEndless(
  body: string,
  ...options: readonly string[]
): Promise<RunningCli & { readonly serverPid: number }> {
  const mode = options.includes("stubborn") ? "stubborn" : "normal";
  const config = workspace.config({ fixture: fixtureServer(mode) });
  const file = workspace.file(
    "endless.js",
    `text("server " + await tools.mcp__fixture__process_id({})); text("looping"); ${body}`,
  );
  const flags = options.filter((option) => option.startsWith("--"));
  const cli = startCli(["run", file, "--config", config, ...flags]);
  await cli.watch.seen("looping");
  const line = cli.watch.lines.find((candidate) => candidate.startsWith("server "));
  return { ...cli, serverPid: Number(line?.slice("server ".length)) };
}

test.each([
  ["a loop", "for (;;);"],
  ["a promise that never settles", "await tools.mcp__fixture__hang({});"],
  ["a loop of microtasks", "for (;;) await 0;"],
])("Ctrl-C ends %s, keeps its output and leaves no process", async (_what, body) => {
  const { child, ended, serverPid } = await startEndless(body);
  expect(isRunning(serverPid)).toBe(true);
  child.kill("SIGINT");
  const result = await ended;
  expect(result).toMatchObject({ code: 130, signal: null });
  expect(result.stdout).toMatch(/^server \d+\nlooping\n$/);
  expect(result.stderr).toContain("interrupted");
  expect(result.stderr).toMatch(/✗ \S+endless\.js terminated in /);
  expect(isRunning(serverPid)).toBe(false);
});

test("SIGTERM ends it in the same way, with its own code", async () => {
  const { child, ended, serverPid } = await startEndless("for (;;);");
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ code: 143, signal: null });
  expect(isRunning(serverPid)).toBe(false);
});

test("Ctrl-C after a yield ends the cell too", async () => {
  const { child, watch, ended } = await startEndless(
    "yield_control(); await new Promise(() => setTimeout(() => {}, 1e9));",
    "--yield-after=100",
  );
  await watch.seen("yielded after");
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
});

test("a second Ctrl-C exits at once and takes the servers along", async () => {
  const { child, watch, ended, serverPid } = await startEndless("for (;;);", "stubborn");
  child.kill("SIGINT");
  await watch.seen("terminated in");
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 130, signal: null });
  await expect.poll(() => isRunning(serverPid), net).toBe(false);
});

test("Ctrl-C while the servers start ends them", async () => {
  const config = workspace.config({ mute: fixtureServer("mute") });
  const file = workspace.file("never.js", 'text("never");');
  const { child, watch, ended } = startCli(["run", file, "--config", config, "--verbose"]);
  await watch.seen("thinking");
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 130, stdout: "" });
});

test("an interrupted run still prints its document", async () => {
  const saved = join(workspace.path, "cell-1-image-1.png");
  const { child, ended } = startCli(["run", "-", "--json", "--out", workspace.path]);
  child.stdin.end('text("kept"); image("data:image/png;base64,AAAA"); for (;;);');
  await expect.poll(() => existsSync(saved), net).toBe(true);
  child.kill("SIGINT");
  const result = await ended;
  expect(result).toMatchObject({ code: 130, stderr: "" });
  expect(JSON.parse(result.stdout)).toMatchObject({
    status: "interrupted",
    exitCode: 130,
    cells: [
      {
        status: "terminated",
        reason: "aborted",
        output: [{ type: "text", text: "kept" }, { type: "image" }],
        saved: [saved],
      },
    ],
  });
});
