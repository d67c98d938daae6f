import { afterEach, describe, expect, test } from "vitest";
import { declareTools } from "../../src/index.js";
import { ServerProcess } from "../../src/mcp/client/server-process.js";
import {
  type ConnectMcpOptions,
  connectMcpServers,
  type McpServerConfig,
  type McpServers,
  type McpWarning,
} from "../../src/mcp.js";
import { runToTexts } from "../support/cells.js";
import { listingServer, scriptedMcpServer } from "../support/mcp.js";

const opened: McpServers[] = [];
let warnings: McpWarning[] = [];

afterEach(async () => {
  warnings = [];
  await Promise.all(opened.splice(0).map((servers) => servers.close()));
});

async function connect(
  mcpServers: Record<string, McpServerConfig>,
  options?: ConnectMcpOptions,
): Promise<McpServers> {
  const servers = await connectMcpServers(
    { mcpServers },
    { onWarning: (warning) => warnings.push(warning), ...options },
  );
  opened.push(servers);
  return servers;
}

function messages(): readonly string[] {
  return warnings.map(({ message }) => message);
}

const anyObject = { type: "object" };
const good = { name: "good", inputSchema: anyObject };

describe("one odd tool never costs its server, whose other tools work:", () => {
  test.each<readonly [string, object]>([
    ["a description that is null", { description: null, inputSchema: anyObject }],
    ["a title that is null", { title: null, inputSchema: anyObject }],
    ["an outputSchema that is null", { outputSchema: null, inputSchema: anyObject }],
    ["annotations that are null", { annotations: null, inputSchema: anyObject }],
    ["an inputSchema that is null", { inputSchema: null }],
    ["no inputSchema", {}],
    ["an empty inputSchema", { inputSchema: {} }],
    ["an inputSchema without type", { inputSchema: { properties: { a: { type: "number" } } } }],
    ["required that is null", { inputSchema: { type: "object", required: null } }],
    ["properties that are null", { inputSchema: { type: "object", properties: null } }],
  ])("%s", async (_what, tool) => {
    const servers = await connect({ a: listingServer([{ name: "odd", ...tool }, good]) });
    expect(servers.tools.map(({ name }) => name)).toEqual(["odd", "good"]);
    expect(
      await runToTexts(
        "text(await tools.mcp__a__odd({ a: 1 })); text(await tools.mcp__a__good())",
        {
          tools: servers.tools,
        },
      ),
    ).toEqual(['{"name":"odd","arguments":{"a":1}}', '{"name":"good","arguments":{}}']);
    expect(messages()).toEqual([]);
  });
});

test("what is no tool is left out, and schemas that are none are named, in one line", async () => {
  const servers = await connect({
    a: listingServer([null, "text", { description: "no name" }, { name: "x", inputSchema: "y" }]),
  });
  expect(servers.tools.map(({ name }) => name)).toEqual(["x"]);
  expect(messages()).toEqual([
    'MCP server "a": of the tool "x", its inputSchema is a string, not a schema; it takes any object; 3 entries of its list are no tools with a name, and left out.',
  ]);
});

test("a cursor that is null, and one that is empty, end the list", async () => {
  const page = (name: string, nextCursor: unknown) => ({
    result: { tools: [{ name }], nextCursor },
  });
  const servers = await connect({
    a: scriptedMcpServer({ answers: { "tools/list": [page("x", "2"), page("y", null)] } }),
    b: scriptedMcpServer({ answers: { "tools/list": page("z", "") } }),
  });
  expect(servers.tools.map(({ name }) => name)).toEqual(["x", "y", "z"]);
});

describe("a schema that no validator takes leaves checking to the server, with one warning:", () => {
  test.each<readonly [string, object, string]>([
    ["a dangling $ref", { $ref: "#/$defs/none" }, "a?: unknown"],
    ["an external $ref", { $ref: "https://example.com/schema.json" }, "a?: unknown"],
    [
      "exclusiveMinimum of draft-04",
      { type: "number", minimum: 0, exclusiveMinimum: true },
      "a?: number",
    ],
    ["a pattern of another language", { type: "string", pattern: "(?i)^a" }, "a?: string"],
    ["a type that there is not", { type: "any" }, "a?: unknown"],
    ["required on a property", { type: "string", required: true }, "a?: string"],
  ])("%s", async (_what, property, type) => {
    const schema = { type: "object", properties: { a: property } };
    const servers = await connect({ s: listingServer([{ name: "odd", inputSchema: schema }]) });
    const source =
      "text(await tools.mcp__s__odd({ a: 1 })); text(await tools.mcp__s__odd({ a: [] }))";
    expect(await runToTexts(source, { tools: servers.tools })).toEqual([
      '{"name":"odd","arguments":{"a":1}}',
      '{"name":"odd","arguments":{"a":[]}}',
    ]);
    expect(messages()).toEqual([
      expect.stringMatching(
        /^MCP server "s": the inputSchema of its tool "odd" cannot be used \(.+\), so inputs go to the server unchecked\.$/,
      ),
    ]);
    expect(declareTools(servers.tools)).toContain(type);
  });
});

test("a tool given directly still rejects calls where its schema is none", async () => {
  const tools = {
    odd: { inputSchema: { type: "any" }, execute: () => 1 },
  };
  expect(
    await runToTexts("try { await tools.odd({}) } catch (e) { text(e.message) }", { tools }),
  ).toEqual([expect.stringContaining('The inputSchema of tool "odd" is not a valid JSON Schema')]);
});

describe("a result reaches the program whatever its output schema says:", () => {
  const outputSchema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
  const link = { type: "resource_link", uri: "file:///a.txt", name: "a" };
  test.each<readonly [string, object, unknown, boolean]>([
    ["structured content that is an array", { content: [], structuredContent: [1] }, [1], true],
    ["structured content that is null", { content: [], structuredContent: null }, null, true],
    [
      "structured content of another type",
      { content: [], structuredContent: { n: "1" } },
      { n: "1" },
      true,
    ],
    ["no structured content", { content: [{ type: "text", text: "x" }] }, "x", true],
    ["content that is missing", { structuredContent: { n: 1 } }, { n: 1 }, false],
    [
      "blocks with nulls in them",
      { content: [{ type: "text", text: "x", annotations: null }], structuredContent: { n: 1 } },
      { content: [{ type: "text", text: "x", annotations: null }], structuredContent: { n: 1 } },
      false,
    ],
    [
      "a link to a resource",
      { content: [link], structuredContent: { n: 1 } },
      { content: [link], structuredContent: { n: 1 } },
      false,
    ],
    [
      "a block of a type that there is not",
      { content: [{ type: "hologram", cube: 1 }] },
      { content: [{ type: "hologram", cube: 1 }] },
      true,
    ],
  ])("%s", async (_what, result, value, isMismatch) => {
    const tools = [{ name: "odd", inputSchema: anyObject, outputSchema }];
    const servers = await connect({ s: listingServer(tools, { calls: { odd: result } }) });
    const source = "text(JSON.stringify(await tools.mcp__s__odd())); await tools.mcp__s__odd()";
    const [text = ""] = await runToTexts(source, { tools: servers.tools });
    expect(JSON.parse(text)).toEqual(value);
    expect(messages()).toEqual(
      isMismatch
        ? [expect.stringContaining('MCP server "s": a result of its tool "odd" is not what')]
        : [],
    );
  });
});

describe("a server that does not start is told with what it said:", () => {
  const initialized = (result: object) => ({ answers: { initialize: { result } } });
  test.each<readonly [string, McpServerConfig, string]>([
    [
      "an error in answer to initialize",
      scriptedMcpServer({
        answers: { initialize: { error: { code: -32602, message: "no licence" } } },
      }),
      "did not start: it answered with error -32602: no licence",
    ],
    [
      "a version that is not spoken here",
      scriptedMcpServer(
        initialized({
          protocolVersion: "1999-01-01",
          capabilities: {},
          serverInfo: { name: "x", version: "1" },
        }),
      ),
      "did not start: Server's protocol version is not supported: 1999-01-01",
    ],
    [
      "an answer that is none",
      scriptedMcpServer(initialized({ protocolVersion: 7 })),
      "did not start: its answer is not what the protocol says: Invalid result for initialize",
    ],
    [
      "an error in answer to tools/list",
      scriptedMcpServer({
        answers: { "tools/list": { error: { code: -32603, message: "the index is broken" } } },
      }),
      "did not start: it answered with error -32603: the index is broken",
    ],
    [
      "no list of tools",
      scriptedMcpServer({ answers: { "tools/list": { result: { tools: null } } } }),
      "did not start: it answered tools/list with no list of tools",
    ],
    [
      "more tools than there may be",
      scriptedMcpServer({ toolCount: 10_001 }),
      'did not start: it lists more than 10000 tools, which is the limit; name those you want in "enabledTools"',
    ],
  ])("%s", async (_what, server, text) => {
    await expect(connect({ s: server })).rejects.toThrow(`MCP server "s" ${text}`);
  });
});

describe("an answer that is none fails its call, which nothing else would end:", () => {
  const none =
    'the server\'s answer is none: it needs a "result" that is an object, or an "error" with a number as "code" and a text as "message"';
  test.each([
    ['{"jsonrpc":"2.0","id":ID}', none],
    ['{"jsonrpc":"2.0","id":ID,"result":null}', none],
    ['{"jsonrpc":"2.0","id":ID,"result":"done"}', none],
    ['{"jsonrpc":"2.0","id":ID,"error":"no disk"}', `${none}; it says: no disk`],
    ['{"jsonrpc":"2.0","id":ID,"error":{"message":"no disk"}}', `${none}; it says: no disk`],
    ['{"id":ID,"result":{"content":[]}}', none],
  ])("%s", async (line, message) => {
    const answers = { "tools/list": { result: { tools: [good] } }, "tools/call": { line } };
    const servers = await connect({ a: scriptedMcpServer({ answers }) });
    const source = "await tools.mcp__a__good({}).catch((error) => text(error.message))";
    expect(await runToTexts(source, { tools: servers.tools })).toEqual([message]);
  });

  test("an answer in a list is one", async () => {
    const line = '[5, {"jsonrpc":"2.0","id":ID,"result":{"content":[{"type":"text","text":"a"}]}}]';
    const answers = { "tools/list": { result: { tools: [good] } }, "tools/call": { line } };
    const servers = await connect({ a: scriptedMcpServer({ answers }) });
    expect(
      await runToTexts("text(await tools.mcp__a__good({}))", { tools: servers.tools }),
    ).toEqual(["a"]);
  });
});

test("of a flood of messages few are read in one turn of the event loop, and none is lost when the server ends", async () => {
  const count = 5_000;
  const script = `process.stdout.write('{"jsonrpc":"2.0","method":"notifications/x"}\\n'.repeat(${count}))`;
  const server = new ServerProcess({
    command: process.execPath,
    args: ["-e", script],
    env: {},
    cwd: process.cwd(),
    onStderr: undefined,
  });
  let turns = 0;
  let all = 0;
  let isDone = false;
  const countTurn = (): void => {
    turns += 1;
    if (!isDone) setImmediate(countTurn);
  };
  const isRead = new Promise<void>((resolve) => {
    server.onmessage = () => {
      if (all === 0) countTurn();
      all += 1;
      if (all === count) resolve();
    };
  });
  await server.start();
  await isRead;
  isDone = true;
  // All of them are in a few chunks.
  expect(turns).toBeGreaterThan(50);
  await server.close();
});
