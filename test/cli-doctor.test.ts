import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Check } from "../src/cli/doctor/check.js";
import { type CliResult, runCli, Workspace } from "./support/cli.js";
import { fixtureServer } from "./support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

/** Runs doctor for its document. */
async function diagnose(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly result: CliResult; readonly checks: readonly Check[] }> {
  const result = await runCli(["doctor", "--json", ...args], { env });
  const { checks } = JSON.parse(result.stdout) as { readonly checks: readonly Check[] };
  return { result, checks };
}

function named(checks: readonly Check[], name: string): Check | undefined {
  return checks.find((check) => check.name === name);
}

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

test("the document has the versions, and a remedy wherever something is amiss", async () => {
  const { result, checks } = await diagnose([], { NODE_OPTIONS: "--max-old-space-size=300" });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(result.stdout)).toMatchObject({
    versions: { node: process.versions.node, abi: process.versions.modules },
  });
  for (const { name, status, remedy } of checks) {
    expect(remedy === undefined, name).toBe(status === "ok");
  }
  expect(named(checks, "flags")).toMatchObject({
    status: "warning",
    finding: expect.stringContaining("--max-old-space-size=300, in NODE_OPTIONS"),
  });
});

test("colour needs a terminal or FORCE_COLOR, and --no-color and NO_COLOR turn it off", async () => {
  const forced = { FORCE_COLOR: "1" };
  const [coloured, ...plain] = await Promise.all([
    runCli(["doctor"], { env: forced }),
    runCli(["doctor", "--no-color"], { env: forced }),
    runCli(["doctor"], { env: { ...forced, NO_COLOR: "1" } }),
  ]);
  expect(coloured.stdout).toContain("\u001b[32m✓");
  for (const { stdout } of plain) expect(stdout).not.toContain("\u001b");
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
    expect(named(checks, "addon")).toBeUndefined();
    expect(named(checks, "cell")).toBeUndefined();
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

test("without WebAssembly cells run, but not those in TypeScript", async () => {
  const { checks } = await diagnose([], { NODE_OPTIONS: "--jitless" });
  expect(named(checks, "flags")).toMatchObject({ status: "warning" });
  expect(named(checks, "cell")).toMatchObject({ status: "ok" });
  expect(named(checks, "TypeScript")).toMatchObject({ status: "problem" });
});

describe("a config", () => {
  test.each([
    ["that is not there", "nope.json", "no such file or directory", "Name a file"],
    ["that is not JSON", workspace.file("b.json", "{"), "b.json is not JSON", "Mend the file"],
    [
      "of the wrong shape",
      workspace.file("shape.json", '{"mcpServers": {"a": {"args": []}}}'),
      '"mcpServers.a.command" is missing',
      "Mend the file",
    ],
  ])("%s is a problem", async (_what, config, finding, remedy) => {
    const { result, checks } = await diagnose(["--config", config]);
    expect(result).toMatchObject({ code: 1, stderr: "" });
    expect(checks.at(-1)).toMatchObject({
      name: "config",
      status: "problem",
      finding: expect.stringContaining(finding),
      remedy: expect.stringContaining(remedy),
    });
  });

  test("has a line for each server: those that start, and why the others do not", async () => {
    const config = workspace.config({
      good: fixtureServer("paged"),
      absent: { command: "no-such-command" },
      astray: { command: "./no-such-command" },
      plain: { command: workspace.file("plain.txt", "no program") },
      homeless: { ...fixtureServer(), cwd: join(workspace.path, "nowhere") },
      broken: fixtureServer("exit"),
      helpful: fixtureServer("usage"),
      off: { ...fixtureServer("exit"), disabled: true },
    });
    const { result, checks } = await diagnose(["--config", config]);
    expect(result).toMatchObject({ code: 1, stderr: "" });
    const servers = checks.slice(checks.findIndex(({ name }) => name === "config"));
    expect(servers).toMatchObject([
      { name: "config", status: "ok", finding: `${config} has 8 servers` },
      { name: "server good", status: "ok", finding: expect.stringMatching(/^3 tools, started in/) },
      {
        name: "server absent",
        finding: "command not found: no-such-command",
        remedy: expect.stringContaining("Install no-such-command, or give its whole path"),
      },
      { name: "server astray", remedy: expect.stringContaining("a relative one counts from") },
      {
        name: "server plain",
        finding: expect.stringMatching(/^command not executable: /),
        remedy: expect.stringContaining("chmod +x"),
      },
      { name: "server homeless", remedy: 'Mend "cwd", or make the directory.' },
      {
        name: "server broken",
        finding: "it exited with code 1; it said: cannot find my database",
        remedy: expect.stringContaining("--verbose shows all it prints"),
      },
      {
        name: "server helpful",
        finding: "it exited with code 2; it said: usage: mcp-server DIRECTORY",
      },
      { name: "server off", status: "ok", finding: "disabled in the config" },
    ]);
    expect(servers.filter(({ status }) => status === "problem")).toHaveLength(6);
  });

  test("whose server says nothing is given up after --start-timeout", async () => {
    const config = workspace.config({ shy: fixtureServer("mute") });
    const { stdout, code } = await runCli(["doctor", "--config", config, "--start-timeout", "600"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ server shy +no answer within 0\.6 s/);
    expect(stdout).toMatch(/→ If it needs longer, .* raise --start-timeout/);
    expect(stdout).toMatch(/\n1 problem(, \d warnings?)?\.\n$/);
  });

  test.each([
    [401, "Give it your token"],
    [404, 'Mend the path in "url"'],
  ])(
    "whose server answers with HTTP status %i is told what that asks for",
    async (status, remedy) => {
      const server = createServer((_request, response) => response.writeHead(status).end("no"));
      await once(server.listen(0, "127.0.0.1"), "listening");
      const { port } = server.address() as AddressInfo;
      const config = workspace.config({ far: { url: `http://127.0.0.1:${port}/` } });
      try {
        const { checks } = await diagnose(["--config", config]);
        expect(checks.at(-1)).toMatchObject({
          name: "server far",
          status: "problem",
          finding: expect.stringContaining(`HTTP status ${status}`),
          remedy: expect.stringContaining(remedy),
        });
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  );
});
