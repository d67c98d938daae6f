import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import type { Check } from "../../src/cli/doctor/check.js";
import { runCli, Workspace } from "../support/cli.js";
import { diagnose, named } from "../support/doctor.js";
import { fixtureServer, root } from "../support/mcp.js";
import { startAtTerminal } from "../support/pseudo-terminal.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

test("a sound install has no problem: versions first, a verdict last, and 0", async () => {
  const { code, stdout, stderr } = await runCli(["doctor"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { node, modules } = process.versions;
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^codecell \d+\.\d+\.\d+, Node /);
  expect(lines[0]).toContain(`Node ${node}, ABI ${modules}, ${process.platform}-${process.arch}`);
  expect(lines.at(-1)).toMatch(/^No problems(, \d warnings?)?\.$/);
  expect(stdout).toMatch(/✓ cell +text\(1 \+ 1\) gives 2, \d+ ms/);
  expect(stdout).toMatch(/✓ termination +an endless loop is ended/);
  expect(stdout).toMatch(/✓ TypeScript +runs/);
});

test("the document has the versions, and a remedy for every fault", async () => {
  const { result, checks } = await diagnose([], { NODE_OPTIONS: "--max-old-space-size=200" });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(result.stdout)).toMatchObject({
    versions: { node: process.versions.node, abi: process.versions.modules },
  });
  for (const { name, status, remedy } of checks) {
    expect(remedy === undefined, name).toBe(status === "ok");
  }
  expect(named(checks, "flags")).toMatchObject({
    status: "warning",
    finding: expect.stringContaining("--max-old-space-size=200, in NODE_OPTIONS"),
  });
});

test("colour needs a terminal or FORCE_COLOR, and --no-color and NO_COLOR turn it off", async () => {
  const forced = { FORCE_COLOR: "1", NO_COLOR: "" };
  const [coloured, ...plain] = await Promise.all([
    runCli(["doctor"], { env: forced }),
    runCli(["doctor", "--no-color"], { env: forced }),
    runCli(["doctor"], { env: { ...forced, NO_COLOR: "1" } }),
  ]);
  expect(coloured.stdout).toContain("\u001b[32m✓");
  for (const { stdout } of plain) expect(stdout).not.toContain("\u001b");
});

test("at a terminal it tells what it is at, before what it has found", async () => {
  const terminal = startAtTerminal([
    "doctor",
    "--config",
    workspace.config({ a: fixtureServer() }),
  ]);
  await terminal.seen("trying the addon and a cell …");
  await terminal.seen("starting the servers …");
  await terminal.seen("✓ server a");
  expect(await terminal.ended).toBe(0);
});

test.each([
  ["an unknown option", ["--fast"], "unknown option '--fast'"],
  ["an argument", ["mcp.json"], "too many arguments"],
  ["a time that is none", ["--start-timeout", "soon"], "a number of milliseconds"],
])("%s is wrong use: a clear line and 2", async (_what, args, message) => {
  const result = await runCli(["doctor", ...args]);
  expect(result).toMatchObject({ code: 2, stdout: "" });
  expect(result.stderr).toContain(message);
});

describe("an addon", () => {
  test("that is not where CODECELL_ADDON says is a problem, and nothing is tried with it", async () => {
    const missing = join(workspace.path, "missing.node");
    const { result, checks } = await diagnose([], { CODECELL_ADDON: missing });
    expect(result.code).toBe(1);
    expect(named(checks, "addon file")).toEqual({
      name: "addon file",
      status: "problem",
      finding: expect.stringContaining(`Looked for ${missing}`),
      remedy: expect.stringContaining("Unset CODECELL_ADDON"),
    });
    for (const name of ["addon", "cell", "termination", "TypeScript"]) {
      expect(named(checks, name)).toMatchObject({
        status: "unknown",
        finding: "not tried: there is no addon",
      });
    }
    const { stdout } = await runCli(["doctor"], { env: { CODECELL_ADDON: missing } });
    expect(stdout).toMatch(/1 problem, 4 checks could not run(, \d+ warnings?)?\.\n$/);
  });

  test("that is garbage is a problem that says why it does not load", async () => {
    const garbage = workspace.file("garbage.node", "This is no shared library.".repeat(100));
    const { result, checks } = await diagnose([], { CODECELL_ADDON: garbage });
    expect(result.code).toBe(1);
    expect(named(checks, "addon file")).toMatchObject({
      status: "ok",
      finding: `${garbage}, which CODECELL_ADDON names`,
    });
    expect(named(checks, "addon")).toMatchObject({
      status: "problem",
      finding: expect.stringContaining(`${garbage} cannot be loaded on Node`),
      remedy: expect.stringContaining("Unset CODECELL_ADDON"),
    });
  });

  test("that crashes its process is a problem, and doctor goes on", async () => {
    const crashing = workspace.file("crash.cjs", 'process.kill(process.pid, "SIGSEGV");');
    const { result, checks } = await diagnose([], { CODECELL_ADDON: crashing });
    expect(result).toMatchObject({ code: 1, signal: null });
    expect(named(checks, "addon")).toMatchObject({
      status: "problem",
      finding: "the process that tried it was ended by SIGSEGV",
    });
    expect(named(checks, "memory")).toBeDefined();
  });

  test("that a flag forbids is a problem of the flag, and named so", async () => {
    const { result, checks } = await diagnose([], { NODE_OPTIONS: "--no-addons" });
    expect(result.code).toBe(1);
    expect(named(checks, "flags")).toMatchObject({
      status: "problem",
      finding: "--no-addons, in NODE_OPTIONS: native addons are forbidden",
    });
    expect(named(checks, "addon")).toMatchObject({
      status: "problem",
      remedy: "Start Node without the flag that forbids addons.",
    });
  });
});

test("an interrupted doctor says nothing of what it has broken off, and exits as interrupted", async () => {
  const interrupting = { command: "sh", args: ["-c", "kill -INT $PPID; exec sleep 1000"] };
  const config = workspace.config({ interrupting });
  const result = await runCli(["doctor", "--config", config]);
  expect(result).toMatchObject({ code: 130, stdout: "", stderr: "" });
});

test("a Node with permissions is told which are missing", async () => {
  const flag = process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";
  const flags = [flag, "--allow-fs-read=*", "--allow-child-process", "--allow-addons"];
  const args = [...flags, join(root, "dist/cli/main.js"), "doctor", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch(
    (failed: { readonly stdout: string }) => failed,
  );
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
  expect(checks.filter(({ name }) => name === "flags")).toEqual([
    {
      name: "flags",
      status: "warning",
      finding: `${flag}, given to node: worker threads are forbidden, so cells in TypeScript fail`,
      remedy: "Add --allow-worker.",
    },
  ]);
  expect(named(checks, "termination")).toMatchObject({ status: "ok" });
  expect(named(checks, "TypeScript")).toMatchObject({ status: "problem" });
});

test("without WebAssembly cells run, but not those in TypeScript", async () => {
  const { checks } = await diagnose([], { NODE_OPTIONS: "--jitless" });
  expect(named(checks, "flags")).toMatchObject({ status: "warning" });
  expect(named(checks, "cell")).toMatchObject({ status: "ok" });
  expect(named(checks, "TypeScript")).toMatchObject({ status: "problem" });
});
