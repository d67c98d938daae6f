import { describe, expect, test } from "vitest";
import { type McpClient, type McpToolsOptions, type McpWarning, mcpTools } from "../../src/mcp.js";
import type { NamedTool } from "../../src/tools/tool-definition.js";

// What a server lists as its tools, as an embedder's own client hears it.

const callTool = async (): Promise<unknown> => ({ content: [] });

/** The tools of a server that answers each request for a page so. */
async function toolsOf(
  page: (cursor: string | undefined) => unknown,
  options: Partial<McpToolsOptions> = {},
): Promise<{ tools: readonly NamedTool[]; told: readonly string[] }> {
  const told: string[] = [];
  const onWarning = ({ message }: McpWarning): unknown => told.push(message);
  const client: McpClient = { listTools: async (params) => page(params?.cursor), callTool };
  const tools = await mcpTools(client, { server: "s", onWarning, ...options });
  return { tools, told };
}

const oneOf = (tool: object) => toolsOf(() => ({ tools: [tool] }));
const named = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `t${i}` }));

describe("the input schema of a listed tool", () => {
  const any = { type: "object" };
  test.each<readonly [unknown, object]>([
    [undefined, any],
    [null, any],
    [true, any],
    [{}, any],
    [{ properties: {} }, { type: "object", properties: {} }],
    [{ type: "string" }, { type: "string" }],
    [{ type: null }, any],
    ...["$ref", "anyOf", "oneOf", "allOf", "const", "enum"].map(
      (keyword) => [{ [keyword]: [] }, { [keyword]: [] }] as const,
    ),
    [{ not: {} }, { type: "object", not: {} }],
    [
      { ...any, required: null, properties: null, title: "a" },
      { ...any, title: "a" },
    ],
    [
      { ...any, default: null },
      { ...any, default: null },
    ],
    [{ const: null }, { const: null }],
  ])("%j is taken as %j, and not warned of", async (inputSchema, expected) => {
    const { tools, told } = await oneOf({ name: "x", inputSchema });
    expect(tools[0]?.inputSchema).toEqual(expected);
    expect(told).toEqual([]);
  });

  test.each([
    ["text", "a string"],
    [1, "a number"],
    [false, "a boolean"],
    [[], "an array"],
  ])("takes any object where it is %j, with a warning", async (inputSchema, kind) => {
    const { tools, told } = await oneOf({ name: "x", inputSchema });
    expect(tools[0]?.inputSchema).toEqual(any);
    expect(told).toEqual([
      `MCP server "s": of the tool "x", its inputSchema is ${kind}, not a schema; it takes any object.`,
    ]);
  });
});

describe("the output schema of a listed tool", () => {
  test.each<readonly [unknown, unknown]>([
    [undefined, undefined],
    [null, undefined],
    [true, undefined],
    [false, undefined],
    [{}, {}],
    [{ title: null, properties: {} }, { properties: {} }],
    [{ const: null }, { const: null }],
  ])("%j is taken as %j, and not warned of", async (outputSchema, expected) => {
    const { tools, told } = await oneOf({ name: "x", outputSchema });
    expect(tools[0]?.outputSchema).toEqual(expected);
    expect(told).toEqual([]);
  });

  test.each([
    ["text", "a string"],
    [1, "a number"],
    [[], "an array"],
  ])("is left out where it is %j, with a warning", async (outputSchema, kind) => {
    const { tools, told } = await oneOf({ name: "x", outputSchema });
    expect(tools[0]).not.toHaveProperty("outputSchema");
    expect(told).toEqual([
      `MCP server "s": of the tool "x", its outputSchema is ${kind}, not a schema; it is left out.`,
    ]);
  });
});

describe("a schema of more than 20 000 values", () => {
  /** The schema itself, its keywords and the list count too. */
  const schema = (values: number) => ({ enum: Array.from({ length: values - 3 }, () => 1) });
  const told = (which: string, then: string) => [
    `MCP server "s": of the tool "x", its ${which} is made of more than 20000 values; ${then}.`,
  ];

  test("is replaced by any object where it is for inputs", async () => {
    const fits = await oneOf({ name: "x", inputSchema: schema(20_000) });
    expect(fits).toMatchObject({ tools: [{ inputSchema: schema(20_000) }], told: [] });
    const large = await oneOf({ name: "x", inputSchema: schema(20_001) });
    expect(large.tools[0]?.inputSchema).toEqual({ type: "object" });
    expect(large.told).toEqual(told("inputSchema", "it takes any object"));
  });

  test("is left out where it is for results", async () => {
    const fits = await oneOf({ name: "x", outputSchema: schema(20_000) });
    expect(fits).toMatchObject({ tools: [{ outputSchema: schema(20_000) }], told: [] });
    const large = await oneOf({ name: "x", outputSchema: schema(20_001) });
    expect(large.tools[0]).not.toHaveProperty("outputSchema");
    expect(large.told).toEqual(told("outputSchema", "it is left out"));
  });
});

test.each([null, "text", ["readOnlyHint"], 1, undefined])(
  "annotations that are %j say nothing, so a tool is asked for",
  async (annotations) => {
    const { tools } = await toolsOf(() => ({ tools: [{ name: "x", annotations }] }), {
      approval: "annotations",
    });
    expect(tools[0]?.approval).toEqual({
      policy: "ask",
      reason: "its server does not say that it is harmless",
    });
  },
);

test("annotations that are a list with a hint on it say nothing", async () => {
  const annotations = Object.assign([], { readOnlyHint: true });
  const { tools } = await toolsOf(() => ({ tools: [{ name: "x", annotations }] }), {
    approval: "annotations",
  });
  expect(tools[0]?.approval).toMatchObject({ policy: "ask" });
});

test.each([undefined, null, 1, {}])("a description that is %j is empty", async (description) => {
  const { tools } = await oneOf({ name: "x", description });
  expect(tools[0]?.description).toBe("");
});

test.each([null, "x", 1, [], { name: "" }, { name: 1 }, {}])(
  "an entry that is %j is left out, with a warning",
  async (entry) => {
    const { tools, told } = await toolsOf(() => ({ tools: [entry, { name: "good" }] }));
    expect(tools.map(({ name }) => name)).toEqual(["good"]);
    expect(told).toEqual([
      'MCP server "s": 1 entry of its list is no tool with a name, and left out.',
    ]);
  },
);

test.each([null, undefined, {}, { tools: null }, { tools: {} }, "tools"])(
  "an answer that is %j is no list of tools",
  async (answer) => {
    await expect(toolsOf(() => answer)).rejects.toMatchObject({
      code: "ERR_MCP_SERVER",
      message: 'MCP server "s" answered tools/list with no list of tools',
    });
  },
);

test.each([null, "", undefined, 2, { page: 2 }])(
  "a cursor that is %j ends the list",
  async (nextCursor) => {
    const cursors: unknown[] = [];
    const { tools } = await toolsOf((cursor) => {
      cursors.push(cursor);
      return { tools: [{ name: `t${cursors.length}` }], nextCursor };
    });
    expect(tools).toHaveLength(1);
    expect(cursors).toEqual([undefined]);
  },
);

describe("a list of tools has at most", () => {
  test("10 000 tools, of all its pages", async () => {
    const all = named(10_001);
    const pages = (count: number) => (cursor: string | undefined) =>
      cursor === undefined
        ? { tools: all.slice(0, 5_000), nextCursor: "2" }
        : { tools: all.slice(5_000, count) };
    expect((await toolsOf(pages(10_000))).tools).toHaveLength(10_000);
    await expect(toolsOf(pages(10_001))).rejects.toThrow("lists more than 10000 tools");
    // Tools that are filtered out do not count.
    const filtered = await toolsOf(pages(10_001), { disabledTools: ["t0"] });
    expect(filtered.tools).toHaveLength(10_000);
  });

  test("1000 pages", async () => {
    const pages =
      (count: number) =>
      (cursor = "1") => ({
        tools: [{ name: `t${cursor}` }],
        ...(Number(cursor) < count && { nextCursor: String(Number(cursor) + 1) }),
      });
    expect((await toolsOf(pages(1_000))).tools).toHaveLength(1_000);
    await expect(toolsOf(pages(1_001))).rejects.toThrow(
      'MCP server "s" never ends its list of tools: 1000 pages were read',
    );
  });

  test("32 MiB, after which no more pages are asked for", async () => {
    const description = "x".repeat(1024 * 1024);
    let pages = 0;
    const { tools, told } = await toolsOf(() => {
      pages += 1;
      const entries = [0, 1].map((i) => ({ name: `t${pages}_${i}`, description }));
      return { tools: entries, nextCursor: String(pages) };
    });
    expect(tools).toHaveLength(31);
    expect(pages).toBe(16);
    expect(told).toEqual([
      'MCP server "s": its list takes more than 32 MiB, so the tools after the first 31 are left out.',
    ]);
  });
});

test.each([
  [1, true],
  [2, false],
  [undefined, false],
])("a page of one tool of which %j could be read is told to be cut: %j", async (read, isTold) => {
  const _meta = { "codecell/readTools": read };
  const { tools, told } = await toolsOf(() => ({ tools: [{ name: "x" }], _meta }));
  expect(tools).toHaveLength(1);
  const message =
    'MCP server "s": a page of its list is made of more than 120000 values, keys included, so the tools after the first 1 of it are left out.';
  expect(told).toEqual(isTold ? [message] : []);
});

test("a tool is compared with ten others of its name, so of many the same may be there twice", async () => {
  const entries = Array.from({ length: 12 }, (_, i) => ({ name: "x", description: `${i}` }));
  const [, , , , , , , , , tenth, eleventh] = entries;
  const { tools } = await toolsOf(() => ({ tools: [...entries, tenth, eleventh] }));
  expect(tools.map(({ description }) => description)).toEqual([
    ...entries.map(({ description }) => description),
    "10",
  ]);
});

test.each([
  [{ taskSupport: "required" }, 2],
  [{ taskSupport: "optional" }, 1],
  [{ taskSupport: "forbidden" }, 1],
  [{}, 1],
  [null, 1],
])(
  "a tool whose execution is %j and one that says nothing of that are %i",
  async (execution, count) => {
    const { tools } = await toolsOf(() => ({ tools: [{ name: "x" }, { name: "x", execution }] }));
    expect(tools).toHaveLength(count);
  },
);

test("tools that differ in one part only are both there", async () => {
  const entries = [
    { name: "x" },
    { name: "x", annotations: { readOnlyHint: true } },
    { name: "x", execution: { taskSupport: "required" } },
    { name: "x", execution: { taskSupport: "optional" } },
    { name: "x", execution: [] },
  ];
  const { tools, told } = await toolsOf(() => ({ tools: entries }));
  expect(tools).toHaveLength(3);
  expect(told).toContain(
    'MCP server "s": the tool "x" is listed more than once, and taken once; the tool "x" is listed more than once, and taken once.',
  );
});

test("a signal is told to who lists the tools, and none where there is none", async () => {
  const asked: unknown[] = [];
  const client: McpClient = {
    listTools: async (...args) => {
      asked.push(args);
      return { tools: [] };
    },
    callTool,
  };
  const { signal } = new AbortController();
  await mcpTools(client, { server: "s", signal });
  await mcpTools(client, { server: "s" });
  const timeout = 2 ** 31 - 1;
  expect(asked).toEqual([
    [undefined, { timeout, signal }],
    [undefined, { timeout }],
  ]);
});
