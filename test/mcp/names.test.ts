import { afterEach, describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { uniqueNames } from "../../src/mcp/client/unique-names.js";
import {
  connectMcpServers,
  type McpClient,
  type McpServerConfig,
  type McpServers,
  mcpTools,
} from "../../src/mcp.js";
import { toToolNames } from "../../src/tools/tool-names.js";
import { openSession, runToTexts } from "../support/cells.js";
import { listingServer, scriptedMcpServer } from "../support/mcp.js";

const opened: McpServers[] = [];
let messages: string[] = [];

afterEach(async () => {
  messages = [];
  await Promise.all(opened.splice(0).map((servers) => servers.close()));
});

async function connect(
  mcpServers: Record<string, McpServerConfig>,
  options: Parameters<typeof connectMcpServers>[1] = {},
): Promise<McpServers> {
  const onWarning = ({ message }: { readonly message: string }): unknown => messages.push(message);
  const servers = await connectMcpServers({ mcpServers }, { onWarning, ...options });
  opened.push(servers);
  return servers;
}

function programNames({ tools }: Pick<McpServers, "tools">): readonly string[] {
  return tools.map(({ name, namespace }) => toToolNames(name, namespace).name);
}

/** A server whose tools have only names, which differ in what they say. */
function server(...names: readonly string[]): McpServerConfig {
  return listingServer(names.map((name, index) => ({ name, description: `number ${index}` })));
}

/** A client whose tools have only names. */
function client(...names: readonly string[]): McpClient {
  return {
    listTools: async () => ({
      tools: names.map((name, index) => ({ name, title: `${index}`, description: `${index}` })),
    }),
    callTool: async ({ name }) => ({ content: [{ type: "text", text: name }] }),
  };
}

describe("tools of one server whose names become one all stay, the later with a suffix:", () => {
  test.each([
    [
      ["read-file", "read_file"],
      ["read_file", "read_file_2"],
    ],
    [
      ["a-b", "a_b", "a.b"],
      ["a_b", "a_b_2", "a_b_3"],
    ],
    [
      ["a-b", "a_b", "a_b_2"],
      ["a_b", "a_b_3", "a_b_2"],
    ],
    [
      ["a_b_2", "a-b", "a_b"],
      ["a_b_2", "a_b", "a_b_3"],
    ],
    [
      ["x", "x"],
      ["x", "x_2"],
    ],
    [
      ["1a", "_a"],
      ["1a", "_a_2"],
    ],
    [
      ["x", "mcp__s__x"],
      ["x", "x_2"],
    ],
    [
      ["é", "è", "é_2"],
      ["_", "__3", "__2"],
    ],
  ])("%j are %j", async (names, expected) => {
    const told: string[] = [];
    const tools = await mcpTools(client(...names), {
      server: "s",
      onWarning: ({ message }) => told.push(message),
    });
    expect(programNames({ tools })).toEqual(expected.map((name) => `mcp__s__${name}`));
    expect(told).toHaveLength(1);
    await createCodeMode({ tools }).close();
  });
});

test("a warning names a clash, and of many a few", async () => {
  await connect({ s: server("a-b", "a_b") }).then(({ tools }) => tools);
  await connect({ s: server("c", ..."1234567".split("").map(() => "c")) }).then(
    ({ tools }) => tools,
  );
  expect(messages).toEqual([
    'MCP server "s": its tool "a_b" would have the name of "a-b" in programs, and is mcp__s__a_b_2 there.',
    expect.stringMatching(
      /^MCP server "s": it lists "c" twice; the later one is mcp__s__c_2 in programs; .*; and 2 more\.$/,
    ),
  ]);
});

test("each of the tools calls its own tool at the server", async () => {
  const servers = await connect({ s: server("a-b", "a_b") });
  const source = "text((await tools.mcp__s__a_b()).name); text((await tools.mcp__s__a_b_2()).name)";
  expect(await runToTexts(source, { tools: servers.tools })).toEqual(["a-b", "a_b"]);
});

test("a tool that is listed twice in the same words is there once, with a warning", async () => {
  const tool = { name: "x", description: "the same", inputSchema: { type: "object" } };
  const page = (nextCursor?: string) => ({ result: { tools: [tool], nextCursor } });
  const servers = await connect({
    s: scriptedMcpServer({ answers: { "tools/list": [page("2"), page()] } }),
  });
  expect(programNames(servers)).toEqual(["mcp__s__x"]);
  expect(messages).toEqual([
    'MCP server "s": the tool "x" is listed more than once, and taken once.',
  ]);
});

test("two servers whose names become one both stay, and so does a name with the suffix", async () => {
  const servers = await connect({
    "my-files": server("read"),
    my_files: server("read", "write"),
    my_files_2: server("read"),
  });
  expect(programNames(servers)).toEqual([
    "mcp__my_files__read",
    "mcp__my_files_3__read",
    "mcp__my_files_3__write",
    "mcp__my_files_2__read",
  ]);
  expect(servers.servers[1]?.tools.map(({ namespace }) => namespace)).toEqual([
    "mcp/my_files_3",
    "mcp/my_files_3",
  ]);
  expect(messages).toEqual([
    'MCP server "my_files" would have the prefix of "my-files" in programs, mcp__my_files__; its tools begin with mcp__my_files_3__ there.',
  ]);
  const source = 'import { read } from "tools/mcp/my_files_3.js"; text((await read()).name)';
  expect(await runToTexts(source, { tools: servers.tools })).toEqual(["read"]);
});

test.each([
  [
    ["a-b", "a_b", "a.b"],
    ["a-b", "a_b_2", "a.b_3"],
  ],
  [
    ["a-b", "a_b_2", "a_b", "a.b"],
    ["a-b", "a_b_2", "a_b_3", "a.b_4"],
  ],
  [
    ["a_", "a"],
    ["a_", "a_2"],
  ],
])("the servers %j have the namespaces %j", (servers, spaces) => {
  const told: unknown[] = [];
  const lists = servers.map((name) => ({ server: name, tools: [{ name: "x", execute: () => 1 }] }));
  const named = uniqueNames(lists, ({ message }) => told.push(message));
  expect(named.map(([tool]) => tool?.namespace)).toEqual(spaces.map((space) => `mcp/${space}`));
  const taken = spaces.filter((space, index) => space !== servers[index]);
  expect(told).toHaveLength(taken.length);
});

test("tools of two servers that become one name both stay", async () => {
  const servers = await connect({ a: server("b__x"), a__b: server("x") });
  expect(programNames(servers)).toEqual(["mcp__a__b__x", "mcp__a__b__x_2"]);
  expect(messages).toEqual([
    'MCP server "a__b": its tool "x" would have the name of "b__x" of MCP server "a", which comes first, in programs, and is mcp__a__b__x_2 there.',
  ]);
});

test.each([false, true])(
  "a list that changes gets its names anew (restart: %j)",
  async (restart) => {
    const list = (...names: string[]) => ({ result: { tools: names.map((name) => ({ name })) } });
    const script = {
      answers: { "tools/list": [list("change", "a_b"), list("change", "a-b", "a_b")] },
      calls: { change: { change: true } },
    };
    let tellChange = (): void => {};
    const changed = new Promise<void>((resolve) => {
      tellChange = resolve;
    });
    const servers = await connect(
      { s: scriptedMcpServer(script), other: server("fine") },
      { restart, onEvent: ({ type }) => type === "toolsChanged" && tellChange() },
    );
    await using session = openSession({ tools: servers.tools });
    const before = "text((await tools.mcp__s__a_b()).name)";
    await session.exec("await tools.mcp__s__change()");
    await changed;
    expect(await session.exec(before)).toMatchObject({ output: [{ text: "a_b" }] });
    session.setTools(servers.tools);
    const source = `${before}; text((await tools.mcp__s__a_b_2()).name); text((await tools.mcp__other__fine()).name)`;
    expect(await session.exec(source)).toMatchObject({
      output: [{ text: "a-b" }, { text: "a_b" }, { text: "fine" }],
    });
    expect(messages).toHaveLength(1);
  },
);

describe("enabledTools and disabledTools say by name and pattern which tools there are:", () => {
  test.each([
    [{ enabledTools: ["read_*"] }, ["read_a", "read_b"]],
    [{ enabledTools: ["read_?", "write"], disabledTools: ["*_b"] }, ["read_a", "write"]],
    [{ disabledTools: ["write", "read_a"] }, ["read_b", "delete.all"]],
    [{ enabledTools: [] }, []],
    [{ enabledTools: ["*.all"] }, ["delete.all"]],
  ])("%j leaves %j", async (filter, expected) => {
    const config = { ...server("read_a", "read_b", "write", "delete.all"), ...filter };
    const { tools } = await connect({ s: config });
    expect(tools.map(({ name }) => name)).toEqual(expected);
    expect(messages).toEqual([]);
  });

  test("patterns that fit no tool are told", async () => {
    await connect({
      s: { ...server("read"), enabledTools: ["read", "raed"], disabledTools: ["x*"] },
    });
    expect(messages).toEqual([
      'MCP server "s": "enabledTools" and "disabledTools" name what fits none of its tools: "raed", "x*".',
    ]);
  });

  test("mcpTools takes them too", async () => {
    const tools = await mcpTools(client("a", "b"), { server: "s", disabledTools: ["a"] });
    expect(tools.map(({ name }) => name)).toEqual(["b"]);
  });
});
