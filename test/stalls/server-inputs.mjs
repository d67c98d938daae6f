// What MCP servers say.

export const answer = (result) => (id) => `{"jsonrpc":"2.0","id":${id},"result":${result()}}`;
export const textResult = (text) =>
  answer(() => JSON.stringify({ content: [{ type: "text", text: text() }] }));
export const structured = (json) => answer(() => `{"content":[],"structuredContent":${json()}}`);
const listOf = (tools) => answer(() => JSON.stringify({ tools: tools() }));
/** A list in pages of so many tools. */
const pagesOf = (pages, toolsOf) => (id, cursor) => {
  const page = Number(cursor ?? 0);
  const result = { tools: toolsOf(page), ...(page + 1 < pages && { nextCursor: `${page + 1}` }) };
  return JSON.stringify({ jsonrpc: "2.0", id, result });
};
const wideSchema = (count) => ({
  type: "object",
  properties: Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`p${i}`, { type: "string" }]),
  ),
});
const allTools = pagesOf(20, (page) =>
  Array.from({ length: 495 }, (_, i) => ({
    name: `tool_number_${page * 495 + i}`,
    description: "does it",
    inputSchema: wideSchema(8),
    outputSchema: wideSchema(8),
  })),
);
const plainTool = { name: "t", inputSchema: { type: "object" } };
const schemaTool = (inputSchema) => listOf(() => [{ name: "t", inputSchema: inputSchema() }]);
const describeAll =
  "for (const { name } of ALL_TOOLS.slice(0, 20)) await describe_tool(name); await search_tools('tool number'); try { text(await tools[ALL_TOOLS[0].name]({ a: 'a'.repeat(40) + 'b' })) } catch (e) { text(String(e.message).slice(0, 300)) }";
const refs = () => ({
  type: "object",
  definitions: Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [
      `d${i}`,
      {
        type: "object",
        properties: Object.fromEntries(
          Array.from({ length: 60 }, (_, j) => [
            `p${j}`,
            { $ref: `#/definitions/d${(i + 1) % 60}` },
          ]),
        ),
      },
    ]),
  ),
  properties: { a: { $ref: "#/definitions/d0" } },
});
const deep = (depth) => () => {
  let schema = { type: "string" };
  for (let i = 0; i < depth; i += 1) schema = { type: "object", properties: { a: schema } };
  return schema;
};

/** @type {readonly import("./inputs.mjs").ServerInput[]} */
export const serverInputs = [
  {
    name: "a result of millions of empty arrays",
    result: structured(() => `{"a":[${"[],".repeat(8_000_000)}[]]}`),
  },
  {
    name: "a result of as many values as may be",
    result: structured(() => `{"a":[${"[],".repeat(55_000)}[]]}`),
  },
  {
    name: "a result of objects with a key each",
    result: structured(() => `[${Array.from({ length: 38_000 }, (_, i) => `{"k${i}":0}`).join()}]`),
  },
  {
    name: "a result whose text is JSON of millions of values",
    result: textResult(() => `[${"[],".repeat(6_000_000)}[]]`),
  },
  {
    name: "a result whose text is JSON of as many values as may be",
    result: textResult(() => `[${"[],".repeat(55_000)}[]]`),
  },
  { name: "a result of one long text", result: textResult(() => "x".repeat(30_000_000)) },
  { name: "a result of one long wide text", result: textResult(() => "日é".repeat(5_500_000)) },
  { name: "a result of escapes", result: textResult(() => "\n".repeat(14_000_000)) },
  { name: "a line that is too long", result: textResult(() => "x".repeat(80_000_000)) },
  {
    name: "a result of many blocks",
    result: answer(
      () => `{"content":[${'{"type":"text","text":""},'.repeat(40_000)}{"type":"text","text":""}]}`,
    ),
  },
  {
    name: "an error of many blocks",
    result: answer(
      () =>
        `{"isError":true,"content":[${'{"type":"text","text":"x"},'.repeat(40_000)}{"type":"text","text":""}]}`,
    ),
  },
  {
    name: "an error with a long text",
    result: answer(() =>
      JSON.stringify({
        isError: true,
        content: [{ type: "text", text: "\n日".repeat(5_000_000) }],
      }),
    ),
  },
  {
    name: "an error with structured content",
    result: answer(
      () => `{"isError":true,"content":[],"structuredContent":{"a":[${"[],".repeat(90_000)}[]]}}`,
    ),
  },
  {
    name: "a JSON-RPC error with a long message",
    result: (id) =>
      JSON.stringify({
        jsonrpc: "2.0",
        id,
        error: { code: 1, message: "日".repeat(9_000_000), data: [] },
      }),
  },
  {
    name: "structured content and the same as text",
    result: answer(() => {
      const value = { a: new Array(40_000).fill([]) };
      return JSON.stringify({
        content: [{ type: "text", text: JSON.stringify(value) }],
        structuredContent: value,
      });
    }),
  },
  {
    name: "structured content that has the blocks in it",
    result: answer(() => {
      const content = new Array(10_000).fill({ type: "text", text: "" });
      return JSON.stringify({ content, structuredContent: { content } });
    }),
  },
  {
    name: "200 000 tools",
    list: listOf(() =>
      Array.from({ length: 200_000 }, (_, i) => ({
        name: `t${i}`,
        inputSchema: { type: "object" },
      })),
    ),
  },
  { name: "as many tools as may be", list: allTools, source: describeAll },
  {
    name: "as many tools as may be, which change",
    list: allTools,
    changes: 3,
    source: `text(await tools[ALL_TOOLS[0].name]({})); ${"await search_tools('x');".repeat(20)}`,
  },
  {
    name: "a list of more values than a message may have, with its id last",
    list: (id) => {
      const tools = Array.from({ length: 300 }, (_, i) => ({
        name: `t${i}`,
        inputSchema: wideSchema(200),
      }));
      return JSON.stringify({ result: { tools }, jsonrpc: "2.0", id });
    },
    source: describeAll,
  },
  {
    name: "large tools on page after page",
    list: pagesOf(900, (page) =>
      Array.from({ length: 7 }, (_, i) => ({
        name: `t${page}_${i}`,
        inputSchema: wideSchema(3_900),
      })),
    ),
    source: describeAll,
  },
  {
    name: "a result of millions of empty arrays, with its id last",
    result: (id) =>
      `{"result":{"content":[${"[],".repeat(8_000_000)}[]]},"jsonrpc":"2.0","id":${id}}`,
  },
  {
    name: "a message of millions of members, with its id last",
    result: (id) => `{${'"a":0,'.repeat(4_000_000)}"jsonrpc":"2.0","result":{},"id":${id}}`,
    source: "void tools[ALL_TOOLS[0].name]({}); await new Promise((go) => setTimeout(go, 3_000));",
  },
  {
    name: "tools of one name",
    list: listOf(() =>
      Array.from({ length: 9_900 }, (_, i) => ({
        name: "t",
        inputSchema: { type: "object", title: `${i}` },
      })),
    ),
    source: describeAll,
  },
  { name: "references that lead to many others", list: schemaTool(refs), source: describeAll },
  {
    name: "a wide schema",
    list: schemaTool(() => ({
      type: "object",
      properties: Object.fromEntries(
        Array.from({ length: 6_000 }, (_, i) => [`p${i}`, { type: "string" }]),
      ),
    })),
    source: describeAll,
  },
  {
    name: "a wide schema, past what is read",
    list: schemaTool(() => ({
      type: "object",
      properties: Object.fromEntries(
        Array.from({ length: 40_000 }, (_, i) => [`p${i}`, { type: "string" }]),
      ),
    })),
    source: describeAll,
  },
  {
    name: "a wide union of objects",
    list: schemaTool(() => ({
      type: "object",
      properties: {
        a: {
          anyOf: Array.from({ length: 2_000 }, (_, i) => ({
            type: "object",
            properties: { [`k${i}`]: { const: i } },
          })),
        },
      },
    })),
    source: describeAll,
  },
  {
    name: "a long enum",
    list: schemaTool(() => ({
      type: "object",
      properties: { a: { enum: Array.from({ length: 19_000 }, (_, i) => `value ${i}`) } },
    })),
    source: describeAll,
  },
  { name: "a deep schema", list: schemaTool(deep(4_000)), source: describeAll },
  {
    name: "a pattern that backtracks",
    list: schemaTool(() => ({
      type: "object",
      properties: { a: { type: "string", pattern: "^(a+)+$" } },
    })),
    source: describeAll,
  },
  {
    name: "a pattern that is long",
    list: schemaTool(() => ({
      type: "object",
      properties: { a: { type: "string", pattern: "(a?){20}".repeat(2_000) } },
    })),
    source: describeAll,
  },
  ...[
    ["a pattern as long as may be", "(a?){20}".repeat(500)],
    ["a pattern of classes as long as may be", "\\p{L}?".repeat(650)],
  ].map(([name = "", pattern]) => ({
    name,
    list: schemaTool(() => ({
      type: "object",
      properties: { a: { type: "string", pattern } },
    })),
    source: describeAll,
  })),
  {
    name: "a long description",
    list: listOf(() => [{ ...plainTool, description: "*/ @ts-ignore \n日".repeat(900_000) }]),
    source: describeAll,
  },
  {
    name: "an output schema that backtracks",
    list: listOf(() => [
      {
        ...plainTool,
        outputSchema: { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } },
      },
    ]),
    result: structured(() => `{"a":"${"a".repeat(40)}b"}`),
  },
  { name: "long lines on standard error", stderr: `${"\u001b[0;".repeat(3_000_000)}\n` },
  { name: "many lines on standard error", stderr: "\n".repeat(20_000_000) },
  { name: "many notifications", notifications: 100_000 },
];
