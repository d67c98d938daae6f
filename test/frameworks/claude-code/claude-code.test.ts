import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { query } from "@anthropic-ai/claude-agent-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claudeAgentServer } from "../../../src/anthropic.js";
import { Held, openSession } from "../../support/cells.js";
import { root } from "../../support/mcp.js";
import { messageStreamOf, resultOf, toolUse, words } from "../../support/messages-wire.js";
import { pixel, ScriptedServer, type ScriptedStep } from "../../support/scripted-server.js";

const codeTools = ["mcp__codecell__exec", "mcp__codecell__wait"];
const here = fileURLToPath(new URL(".", import.meta.url));
let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "codecell-claude-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

function environment(server: ScriptedServer): Record<string, string | undefined> {
  return {
    PATH: process.env["PATH"],
    HOME: home,
    ANTHROPIC_BASE_URL: server.origin,
    ANTHROPIC_API_KEY: "none",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}

/** Has the SDK's program of Claude Code, with no settings, ask a scripted model; gives its last words. */
async function answerOf(
  server: ScriptedServer,
  codecell: object,
  more: object = {},
): Promise<string | undefined> {
  const options = {
    mcpServers: { codecell },
    allowedTools: codeTools,
    settingSources: [],
    model: "claude-opus-4-8",
    cwd: home,
    env: environment(server),
    ...more,
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

const echo = 'await tools.mcp__everything__echo({ message: "rain in Oslo" })';

/** Starts codecell mcp in front of official servers. */
async function codecellCommand(servers: readonly string[], approval?: object): Promise<object> {
  const config = join(home, `${servers.join("-")}.json`);
  const entry = (server: string): string =>
    join(root, `node_modules/@modelcontextprotocol/server-${server}/dist/index.js`);
  const mcpServers = Object.fromEntries(
    servers.map((server) => [
      server,
      { command: process.execPath, args: [entry(server)], approval },
    ]),
  );
  await writeFile(config, JSON.stringify({ mcpServers }));
  const cli = join(root, "dist/cli/main.js");
  return { command: process.execPath, args: [cli, "mcp", "--config", config] };
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

  test("shows the model images, marks what has failed, and has calls in cells approved by the host", async () => {
    const erase = { approval: "ask" as const, execute: () => "erased" };
    const asked: string[] = [];
    const onApproval = ({ tool }: { readonly tool: string }): boolean => {
      asked.push(tool);
      return true;
    };
    await using session = openSession({ tools: { erase }, onApproval });
    const use = (id: string, code: string) => toolUse(id, "mcp__codecell__exec", { code });
    await using server = await ScriptedServer.start([
      () =>
        messageStreamOf(
          use("shows", `image("data:image/png;base64,${pixel}");`),
          use("fails", 'throw new Error("no");'),
          use("asks", "text(await tools.erase());"),
        ),
      () => messageStreamOf(words("Done.")),
    ]);
    expect(await answerOf(server, await claudeAgentServer(session))).toBe("Done.");
    expect(asked).toEqual(["erase"]);
    const second = server.requests[1];
    const results = ["shows", "fails", "asks"].map((id) => second && resultOf(second, id));
    expect(JSON.stringify(results[0])).toContain(pixel);
    expect(results[1]).toMatchObject({ is_error: true });
    expect(JSON.stringify(results[2])).toContain("erased");
  }, 120_000);

  test("ends the cell when the query is aborted", async () => {
    const abort = new AbortController();
    const ended = new Held<string>();
    const hang = {
      execute: () => {
        abort.abort();
        return new Promise<never>(() => {});
      },
    };
    await using session = openSession({
      tools: { hang },
      onEvent: (event) => {
        if (event.type === "ended") ended.resolve(event.outcome.status);
      },
    });
    await using server = await ScriptedServer.start(stepsWith("await tools.hang()"));
    const asking = answerOf(server, await claudeAgentServer(session), { abortController: abort });
    // The SDK lets its program go on for a moment; what comes of that does not matter.
    await asking.catch(() => undefined);
    expect(await ended.promise).toBe("terminated");
  }, 120_000);

  test("goes through exec, wait and the answer with codecell mcp in front of another server", async () => {
    await using server = await ScriptedServer.start(stepsWith(echo));
    expect(await answerOf(server, await codecellCommand(["everything"]))).toBe("It rains.");
    expectLoop(server, "Echo: rain in Oslo");
  }, 120_000);

  test("asks about calls in cells of codecell mcp, where the query can ask", async () => {
    await using server = await ScriptedServer.start(stepsWith(echo));
    const asked: string[] = [];
    const onElicitation = async ({ message }: { readonly message: string }) => {
      asked.push(message);
      return { action: "accept", content: {} };
    };
    const codecell = await codecellCommand(["everything"], { "*": "ask" });
    expect(await answerOf(server, codecell, { onElicitation })).toBe("It rains.");
    expect(asked).toEqual([
      expect.stringMatching(/^A program wants to call the tool mcp__everything__echo\./),
    ]);
    expectLoop(server, "Echo: rain in Oslo");
  }, 120_000);

  test("as users start it, tells the model of each tool behind codecell mcp, and cuts nothing off", async () => {
    await using server = await ScriptedServer.start(stepsWith(echo));
    const config = join(home, "claude.json");
    const mcpServers = { codecell: await codecellCommand(["everything", "memory"]) };
    await writeFile(config, JSON.stringify({ mcpServers }));
    const program = join(here, "node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs");
    const args = [
      program,
      ...["--print", "Rain in Oslo?"],
      ...["--mcp-config", config, "--strict-mcp-config", "--setting-sources", ""],
      ...["--allowedTools", ...codeTools],
    ];
    const asking = promisify(execFile)(process.execPath, args, {
      cwd: home,
      env: environment(server),
    });
    asking.child.stdin?.end();
    expect((await asking).stdout.trim()).toBe("It rains.");
    expectLoop(server, "Echo: rain in Oslo");
    const tools = server.requests[0]?.body["tools"] as readonly {
      readonly name: string;
      readonly description: string;
    }[];
    const { description = "" } = tools.find(({ name }) => name === codeTools[0]) ?? {};
    expect(description).toMatch(/- mcp__everything__\*.*: echo\(\{ message \}\), .*get_tiny_image/);
    // The last of them.
    expect(description).toMatch(/- mcp__memory__\*.*, search_nodes\(\{ query \}\)$/);
  }, 120_000);
});
