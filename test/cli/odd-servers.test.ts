import { afterAll, describe, expect, test } from "vitest";
import { runCli, Workspace } from "../support/cli.js";
import { diagnose } from "../support/doctor.js";
import { connectOverStdio, exec, textsOf } from "../support/gateway.js";
import { fixtureServer, listingServer, scriptedMcpServer } from "../support/mcp.js";
import { compileTexts } from "../support/tsc.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const odd = workspace.config({
  "my-files": listingServer([
    { name: "read-file", description: null },
    { name: "read_file", inputSchema: null },
    { name: "write", inputSchema: { properties: { path: { type: "any" } } } },
    null,
  ]),
  my_files: listingServer([{ name: "read_file" }]),
});
const names = [
  "mcp__my_files__read_file",
  "mcp__my_files__read_file_2",
  "mcp__my_files__write",
  "mcp__my_files_2__read_file",
];
const clash =
  'MCP server "my-files": its tool "read_file" would have the name of "read-file" in programs, and is mcp__my_files__read_file_2 there.';
const shared =
  'MCP server "my_files" would have the prefix of "my-files" in programs, mcp__my_files__; its tools begin with mcp__my_files_2__ there.';
const noSchema = /MCP server "my-files": the inputSchema of its tool "write" cannot be used/;
const program = `
  text(ALL_TOOLS.map(({ name }) => name).join());
  text(await tools.mcp__my_files__write({ path: 1 }));`;
const written = '{"name":"write","arguments":{"path":1}}';

describe("servers with odd tools and names that clash", () => {
  test("run, with a warning for each oddity", async () => {
    const { code, stdout, stderr } = await runCli(["run", "-", "--config", odd], {
      input: program,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${names.join()}\n${written}\n` });
    expect(stderr).toContain(`⚠ ${clash}\n`);
    expect(stderr).toContain(`⚠ ${shared}\n`);
    expect(stderr).toMatch(noSchema);
    expect(stderr).toContain('⚠ MCP server "my-files": 1 entry of its list is no tool');
  });

  test("are listed by tools under the names that programs use", async () => {
    const { code, stdout, stderr } = await runCli(["tools", "--config", odd]);
    expect(code).toBe(0);
    expect(stdout.match(/mcp__\w+(?=\()/g)?.sort()).toEqual([...names].sort());
    expect(stderr).toContain(`⚠ ${clash}\n`);
    expect(stderr).toContain(`⚠ ${shared}\n`);
    expect(await compileTexts([stdout])).toEqual([]);
  });

  test("are warnings of doctor", async () => {
    const { result, checks } = await diagnose(["--config", odd]);
    expect(result.code).toBe(0);
    const findings = checks
      .filter(({ status }) => status === "warning")
      .map(({ finding }) => finding);
    expect(findings).toEqual(
      expect.arrayContaining([
        clash.replace('MCP server "my-files": ', ""),
        shared,
        expect.stringContaining('the inputSchema of its tool "write" cannot be used'),
        expect.stringContaining("1 entry of its list is no tool"),
      ]),
    );
  });

  test("are served by mcp", async () => {
    const { client, stderr } = await connectOverStdio("legacy", ["--config", odd]);
    const [listed, call = ""] = textsOf(await exec(client, program));
    // The gateway asks servers for progress.
    const sent = call.replace(/,"_meta":\{"progressToken":\d+\}/, "");
    expect([listed, sent]).toEqual([names.join(), written]);
    await stderr.seen(clash);
    await stderr.seen(shared);
  });
});

test("tools ends the servers that run and exits where one has failed, and tells what it said", async () => {
  const config = workspace.file(
    "failing.json",
    JSON.stringify({
      mcpServers: {
        fine: fixtureServer(),
        many: scriptedMcpServer({ toolCount: 10_001 }),
        rude: scriptedMcpServer({
          answers: { initialize: { error: { code: -1, message: "go away" } } },
        }),
      },
    }),
  );
  const { code, stderr } = await runCli(["tools", "--names", "--config", config]);
  expect(code).toBe(1);
  expect(stderr).toContain('✗ MCP server "many" did not start: it lists more than 10000 tools');
  expect(stderr).toContain('✗ MCP server "rude" did not start: it answered with error -1: go away');
});

test("what servers say of themselves stays inside the comments of written declarations", async () => {
  const instructions = ["one", "two", "three", "four", "five"];
  const said = `${instructions[0]}\r${instructions[1]}\u2028${instructions[2]}\u2029${instructions[3]}\n${instructions[4]}\u0085 */`;
  const initialize = {
    result: {
      protocolVersion: "2025-06-18",
      capabilities: { tools: {} },
      serverInfo: { name: "x", version: "1" },
      instructions: said,
    },
  };
  const server = listingServer([{ name: "a", description: said }], { answers: { initialize } });
  const config = workspace.file(
    "said.json",
    JSON.stringify({ mcpServers: { "s\rdeclare const x: 1;": server } }),
  );
  const { stdout } = await runCli(["tools", "--config", config]);
  for (const line of instructions) expect(stdout).toContain(`\n//   ${line}`);
  expect(stdout).not.toMatch(/[\r\u2028\u2029\u0085]/);
  expect(await compileTexts([stdout])).toEqual([]);
});
