import { afterAll, expect, test } from "vitest";
import { runCli, startCli, Workspace } from "../support/cli.js";
import { fixtureServer, registryServer, root } from "../support/mcp.js";
import { compileTexts } from "../support/tsc.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const config = workspace.config({
  fixture: fixtureServer(),
  files: registryServer("filesystem", root),
});

test("all tools are listed as declarations that a compiler takes, with what the servers say", async () => {
  const { code, stdout, stderr } = await runCli(["tools", "--config", config]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^\/\/ fixture: \d+ tools\n\/\/ {3}Only for tests\.\n\/\/ files: 14 tools\n/,
  );
  expect(stdout).toContain("  mcp__files__read_text_file(args: {\n");
  expect(await compileTexts([stdout])).toEqual([]);
  expect(stderr).toMatch(/\d+ tools of 2 servers; a model reads about \d+ tokens\n$/);
});

test("words find tools, and a name gives that tool alone", async () => {
  const found = await runCli(["tools", "read", "text", "file", "--config", config, "--names"]);
  expect(found.stdout.split("\n")[0]).toMatch(/^mcp__files__read_text_file +Read the complete/);
  for (const name of ["mcp__files__read_text_file", "tools.mcp__files__read_text_file"]) {
    const { stdout, code } = await runCli(["tools", name, "--config", config]);
    expect(code).toBe(0);
    expect(stdout.match(/^ {2}mcp__\w+\(/gm)).toEqual(["  mcp__files__read_text_file("]);
  }
});

test("words that fit no tool end with 1 and say so", async () => {
  const { code, stdout, stderr } = await runCli(["tools", "zzzzqq", "--config", config]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/✗ No tool fits zzzzqq\.\n$/);
});

test("--json gives names, schemas and declarations, and nothing else on standard output", async () => {
  const { stdout } = await runCli(["tools", "list_directory", "--config", config, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    servers: [
      { name: "fixture", instructions: "Only for tests." },
      { name: "files", toolCount: 14 },
    ],
    tools: [
      {
        name: "mcp__files__list_directory",
        server: "files",
        tool: "list_directory",
        inputSchema: { type: "object", required: ["path"] },
        declaration: expect.stringContaining("mcp__files__list_directory("),
      },
    ],
  });
});

test("a server that does not start is told with its reason, and the others are listed", async () => {
  using broken = new Workspace();
  const both = broken.config({ fine: fixtureServer(), broken: fixtureServer("exit") });
  const { code, stdout, stderr } = await runCli(["tools", "--config", both, "--names"]);
  expect(code).toBe(1);
  expect(stdout).toContain("mcp__fine__echo");
  expect(stderr).toContain('✗ MCP server "broken" did not start: it exited with code 1.');
  expect(stderr).toContain("cannot find my database");
  const document = JSON.parse((await runCli(["tools", "--config", both, "--json"])).stdout);
  expect(document.servers[1]).toEqual({
    name: "broken",
    error: expect.stringContaining("did not start"),
  });
});

test("Ctrl-C while the servers start ends them, with 130", async () => {
  using slow = new Workspace();
  const mute = slow.config({ mute: fixtureServer("mute") });
  const { child, watch, ended } = startCli(["tools", "--config", mute, "--verbose"]);
  await watch.seen("thinking");
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 130, stdout: "" });
});
