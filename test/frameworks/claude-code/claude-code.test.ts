import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { query } from "@anthropic-ai/claude-agent-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claudeAgentServer } from "../../../src/anthropic.js";
import { openSession } from "../../support/cells.js";
import { root } from "../../support/mcp.js";
import { messageStreamOf, resultOf, toolUse, words } from "../../support/messages-wire.js";
import { ScriptedServer, type ScriptedStep } from "../../support/scripted-server.js";

const codeTools = ["mcp__codecell__exec", "mcp__codecell__wait"];
let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "codecell-claude-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Has the program of Claude Code, with no settings, ask a scripted model; gives its last words. */
async function answerOf(server: ScriptedServer, codecell: object): Promise<string | undefined> {
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    ANTHROPIC_BASE_URL: server.origin,
    ANTHROPIC_API_KEY: "none",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
  const options = {
    mcpServers: { codecell },
    allowedTools: codeTools,
    settingSources: [],
    model: "claude-opus-4-8",
    cwd: home,
    env,
  };
  for await (const message of query({ prompt: "Rain in Oslo?", options: options as never })) {
    if (message.type === "result" && message.subtype === "success") return message.result;
  }
  return undefined;
}

function stepsWith(call: string): readonly ScriptedStep[] {
  const code = `text(${call}); yield_control(); text("later");`;
  return [
    () => messageStreamOf(toolUse("toolu_1", "mcp__codecell__exec", { code })),
    () => messageStreamOf(toolUse("toolu_2", "mcp__codecell__wait", { cell_id: "1" })),
    () => messageStreamOf(words("It rains.")),
  ];
}

function expectLoop({ requests }: ScriptedServer, result: string): void {
  const [first, second, third] = requests;
  const tools = (first?.body["tools"] ?? []) as readonly { readonly name: string }[];
  const offered = tools.map(({ name }) => name);
  expect(offered).toEqual(expect.arrayContaining(codeTools));
  expect(JSON.stringify(second && resultOf(second, "toolu_1"))).toContain(result);
  expect(JSON.stringify(third && resultOf(third, "toolu_2"))).toContain("later");
}

describe("Claude Code", () => {
  test("goes through exec, wait and the answer with a server of the same process", async () => {
    await using session = openSession({ tools: { weather: { execute: () => "rain in Oslo" } } });
    await using server = await ScriptedServer.start(stepsWith("await tools.weather()"));
    expect(await answerOf(server, await claudeAgentServer(session))).toBe("It rains.");
    expectLoop(server, "rain in Oslo");
  }, 120_000);

  test("the same with codecell mcp in front of another server", async () => {
    const config = join(home, "mcp.json");
    const everything = join(root, "node_modules/@modelcontextprotocol/server-everything");
    const args = [join(everything, "dist/index.js")];
    const mcpServers = { everything: { command: process.execPath, args } };
    await writeFile(config, JSON.stringify({ mcpServers }));
    const echo = 'await tools.mcp__everything__echo({ message: "rain in Oslo" })';
    await using server = await ScriptedServer.start(stepsWith(echo));
    const cli = join(root, "dist/cli/main.js");
    const command = { command: process.execPath, args: [cli, "mcp", "--config", config] };
    expect(await answerOf(server, command)).toBe("It rains.");
    expectLoop(server, "Echo: rain in Oslo");
  }, 120_000);
});
