// What can be sent through each door within the limits. A door is a place where the host takes what it
// has not made itself; its inputs are made in a child process (child.mjs), which measures meanwhile.
import { pick, randomFrom, randomJson, randomText, size } from "./random.mjs";

/**
 * @typedef {"cell" | "model" | "server" | "http"} Door
 *
 * @typedef {object} CellInput - The source of a cell that has the tools `echo`, `hang`, `fails` and those
 *   of hostile schemas.
 * @property {string} name
 * @property {string} source
 * @property {"stored"} [asks] - What the host asks for afterwards.
 *
 * @typedef {object} ModelInput - What a model sends to exec or wait.
 * @property {string} name
 * @property {() => unknown} input
 * @property {"freeform" | "function" | "wait"} to
 *
 * @typedef {object} ServerInput - What an MCP server says.
 * @property {string} name
 * @property {(id: number) => string} [list] - The line that answers tools/list.
 * @property {(id: number) => string} [result] - The line that answers a call.
 * @property {string} [stderr]
 * @property {number} [notifications]
 * @property {string} [source] - The cell that uses the server's tools. Default: calls the first.
 *
 * @typedef {object} HttpInput - A body, and how it is sent.
 * @property {string} name
 * @property {() => string} body
 * @property {Readonly<Record<string, string>>} [headers]
 */

const call = (tool, input) =>
  `try { text(await tools.${tool}(${input})) } catch (e) { text(String(e.message).slice(0, 300)) }`;

/** @type {readonly CellInput[]} */
const cellInputs = [
  { name: "a tool input of empty arrays", source: call("echo", "Array(49_000).fill([])") },
  {
    name: "a tool input of objects with a key each",
    source: call("echo", "Array.from({ length: 32_000 }, (_, i) => ({ ['k' + i]: 0 }))"),
  },
  {
    name: "a tool input of keys",
    source: call(
      "echo",
      "Object.fromEntries(Array.from({ length: 49_000 }, (_, i) => ['k' + i, 0]))",
    ),
  },
  {
    name: "a tool input past what its values may be",
    source: call("echo", "Array(1_400_000).fill([])"),
  },
  { name: "a tool input of one long text", source: call("echo", "'\\u65e5'.repeat(2_000_000)") },
  { name: "a tool input of escapes", source: call("echo", "'\\n'.repeat(2_000_000)") },
  {
    name: "many tool inputs of many values at once",
    source:
      "await Promise.allSettled(Array.from({ length: 10 }, () => tools.echo(Array(49_000).fill([]))));",
  },
  {
    name: "tool inputs of many values, one after another",
    source: "for (let i = 0; i < 30; i++) await tools.echo(Array(49_000).fill([]));",
  },
  {
    name: "many small tool calls",
    source:
      "await Promise.allSettled(Array.from({ length: 20_000 }, () => tools.echo({ a: [1] })));",
  },
  {
    name: "failing calls with long messages",
    source:
      "await Promise.allSettled(Array.from({ length: 300 }, () => tools.fails('\\n\\u65e5'.repeat(5_000))));",
  },
  { name: "a wrong input that is large", source: call("strict", "{ b: Array(49_000).fill([]) }") },
  { name: "a wrong input of a wide union", source: call("union", "Array(1000).fill({ z: 1 })") },
  { name: "a pattern that backtracks", source: call("backtracks", '{ a: "a".repeat(50) + "b" }') },
  {
    name: "a pattern that backtracks with the square",
    source: call("blanks", '{ a: " ".repeat(200_000) + "b" }'),
  },
  {
    name: "a server's pattern that backtracks",
    source: call("server_backtracks", '{ a: "a".repeat(50) + "b" }'),
  },
  {
    name: "names that a pattern backtracks on",
    source: call("names", '{ ["a".repeat(50) + "b"]: 1 }'),
  },
  {
    name: "an array that must have no two equal members",
    source: call("unique", "Array.from({ length: 30_000 }, (_, i) => ({ i }))"),
  },
  {
    name: "a format and a long text",
    source: call(
      "formats",
      'Object.fromEntries(["email", "uri", "date-time", "ipv6", "uri-template", "hostname", "json-pointer", "regex", "duration"].map((f) => [f, (f === "regex" ? "(" : "a.@-:/%") .repeat(100_000)]))',
    ),
  },
  {
    name: "a schema that takes an input apart in many ways",
    source: call("ways", "'['.repeat(0) || JSON.parse('['.repeat(40) + '1' + ']'.repeat(40))"),
  },
  {
    name: "an enum as long as the input",
    source: call("enumeration", "Array(20_000).fill('none')"),
  },
  {
    name: "stored values of many values",
    source:
      "for (let i = 0; i < 200; i++) try { store('k' + i, Array(49_000).fill([])); } catch (e) { text(e.message); break; }",
    asks: "stored",
  },
  {
    name: "stored values, nested",
    source:
      "const v = Array.from({ length: 90 }, () => JSON.parse('['.repeat(900) + ']'.repeat(900))); for (let i = 0; i < 400; i++) try { store('k' + i, v); } catch (e) { text(e.message); break; }",
    asks: "stored",
  },
  {
    name: "many stored keys",
    source: "for (let i = 0; i < 10_000; i++) store('k' + i, i);",
    asks: "stored",
  },
  {
    name: "one long stored text",
    source: "try { store('a', '\\u65e5'.repeat(7_000_000)); } catch (e) { text(e.message); }",
    asks: "stored",
  },
  { name: "many output items", source: "for (let i = 0; i < 90_000; i++) text('');" },
  { name: "one long text", source: "text('\\u65e5'.repeat(14_000_000));" },
  { name: "a text of line ends", source: "text('\\n'.repeat(20_000_000));" },
  {
    name: "texts of line ends",
    source: "for (let i = 0; i < 20; i++) text('\\n\\u65e5'.repeat(300_000));",
  },
  {
    name: "an image of many bytes",
    source: "image('data:image/png;base64,' + 'A'.repeat(20_000_000));",
  },
  {
    name: "a media type of many parts",
    source: "image('data:image/png' + ';a=b'.repeat(4_000_000) + ',A');",
  },
  { name: "many notifications", source: "for (let i = 0; i < 9_999; i++) notify('x');" },
  {
    name: "long notifications",
    source: "for (let i = 0; i < 20; i++) notify('\\u65e5'.repeat(700_000));",
  },
  { name: "many console lines", source: "for (let i = 0; i < 90_000; i++) console.log('x', i);" },
  { name: "a console line of line ends", source: "console.log('\\n'.repeat(10_000_000));" },
  {
    name: "searches of long queries",
    source:
      "for (let i = 0; i < 20; i++) await search_tools('ab '.repeat(300_000) + 'b'.repeat(200_000));",
  },
  {
    name: "searches of long words",
    source:
      "for (let i = 0; i < 50; i++) await search_tools('b'.repeat(30 + i) + ' create folder copy branch repository', 1000);",
  },
  {
    name: "searches at once",
    source:
      "await Promise.all(Array.from({ length: 500 }, (_, i) => search_tools('copy folder ' + i)));",
  },
  {
    name: "descriptions of tools that are not there",
    source:
      "await Promise.allSettled(Array.from({ length: 300 }, (_, i) => describe_tool('copy'.repeat(1 + i))));",
  },
  { name: "a description of a wide tool", source: "text(await describe_tool('wide'));" },
  {
    name: "an error with a long message",
    source: "throw new Error('\\n\\u65e5'.repeat(5_000_000));",
  },
  {
    name: "an error with many causes",
    source:
      "let e = new Error('x'.repeat(60_000)); for (let i = 0; i < 100; i++) e = new Error('\\n'.repeat(60_000), { cause: e }); throw e;",
  },
  {
    name: "a hundred rejections of large errors",
    source:
      "for (let i = 0; i < 100; i++) Promise.reject(new AggregateError(Array.from({ length: 10 }, () => new Error('\\n'.repeat(60_000), { cause: new Error('x'.repeat(60_000)) }))));",
  },
  { name: "a syntax error at the end of many lines", source: `${"\n".repeat(2_000_000)}(` },
  { name: "a ReferenceError of a long name", source: `${"a".repeat(1_000_000)};` },
];

const freeform = (name, input) => ({ name, to: /** @type {const} */ ("freeform"), input });

/** @type {readonly ModelInput[]} */
const modelInputs = [
  freeform(
    "classes of Unicode in a regular expression",
    () => `let a: RegExp = /${"\\p{L}".repeat(2_500)}/u;`,
  ),
  freeform(
    "regular expressions with such classes",
    () => `let a = [${"/\\p{L}/iu,".repeat(20_000)}];`,
  ),
  freeform("classes in a regular expression with v", () => `let a = /${"[a-z]".repeat(3_000)}/iv;`),
  freeform(
    "functions inside each other and names",
    () =>
      `${"function f(){".repeat(300)}${Array.from({ length: 20_000 }, (_, i) => `x${i}`).join(";")}${"}".repeat(300)}`,
  ),
  freeform("labels", () => Array.from({ length: 20_000 }, (_, i) => `a${i}:`).join("")),
  freeform("calls with type arguments", () => `x${"<a<b".repeat(60_000)}`),
  freeform(
    "type arguments inside each other",
    () => `let a: A${"<A".repeat(10_000)}${">".repeat(10_000)} = 1;`,
  ),
  freeform("open brackets", () => "(".repeat(250_000)),
  freeform("a source of line ends", () => "\n".repeat(4_000_000)),
  freeform("a long source", () => `text(1);${" ".repeat(60_000_000)}`),
  freeform("a long source of line ends", () => `${"\n".repeat(60_000_000)}text(1)`),
  freeform("blanks", () => " ".repeat(60_000_000)),
  freeform("a fence that is never closed", () => `\`\`\`js\n${"text(1)\n".repeat(2_000_000)}`),
  freeform("fences", () => "```\n".repeat(5_000_000)),
  freeform("a long pragma", () => `// @exec: {"a":[${"[],".repeat(5_000_000)}[]]}\ntext(1)`),
  freeform("a source that begins as JSON", () => `{"code": [${"[],".repeat(5_000_000)}[]]}`),
  freeform("a TypeScript error on the last line", () => `${"\n".repeat(200_000)}let a: = 1;`),
  {
    name: "arguments as text, of many values",
    to: "function",
    input: () => `{"code":"1","a":[${"[],".repeat(5_000_000)}[]]}`,
  },
  { name: "arguments that are no object", to: "function", input: () => new Array(60_000).fill([]) },
  {
    name: "a code that is no text",
    to: "function",
    input: () => ({ code: new Array(60_000).fill([]) }),
  },
  { name: "arguments as a long text", to: "function", input: () => "x".repeat(60_000_000) },
  { name: "a wait for a long id", to: "wait", input: () => ({ cell_id: "1".repeat(20_000_000) }) },
  {
    name: "a wait with many keys",
    to: "wait",
    input: () => Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])),
  },
];

const answer = (result) => (id) => `{"jsonrpc":"2.0","id":${id},"result":${result()}}`;
const textResult = (text) =>
  answer(() => JSON.stringify({ content: [{ type: "text", text: text() }] }));
const structured = (json) => answer(() => `{"content":[],"structuredContent":${json()}}`);
const listOf = (tools) => answer(() => JSON.stringify({ tools: tools() }));
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

/** @type {readonly ServerInput[]} */
const serverInputs = [
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
  {
    name: "as many tools as may be",
    list: listOf(() =>
      Array.from({ length: 9_900 }, (_, i) => ({
        name: `tool_number_${i}`,
        description: "does it",
        inputSchema: { type: "object", properties: { a: { type: "string" } } },
      })),
    ),
    source: describeAll,
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

const request = (params) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
/** @type {readonly HttpInput[]} */
const httpInputs = [
  { name: "a body of millions of empty arrays", body: () => `[${"[],".repeat(5_000_000)}[]]` },
  { name: "a batch of millions of messages", body: () => `[${'{"a":0},'.repeat(1_800_000)}{}]` },
  {
    name: "a batch of requests",
    body: () =>
      `[${'{"jsonrpc":"2.0","id":1,"method":"ping"},'.repeat(350_000)}{"jsonrpc":"2.0","id":2,"method":"ping"}]`,
  },
  {
    name: "a body of one text",
    body: () => request(`{"name":"exec","arguments":{"code":"${"x".repeat(15_000_000)}"}}`),
  },
  {
    name: "arguments of many values",
    body: () => request(`{"name":"exec","arguments":{"a":[${"[],".repeat(5_000_000)}[]]}}`),
  },
  { name: "a body that is too long", body: () => `"${"x".repeat(60_000_000)}"` },
  { name: "a body that is no JSON", body: () => "[".repeat(15_000_000) },
  {
    name: "a long session id",
    body: () => "{}",
    headers: { "mcp-session-id": "x".repeat(15_000) },
  },
  {
    name: "a long token",
    body: () => "{}",
    headers: { authorization: `Bearer ${" ".repeat(7_000)}x${" ".repeat(7_000)}!` },
  },
];

/** @type {Readonly<Record<Door, readonly { readonly name: string }[]>>} */
const written = { cell: cellInputs, model: modelInputs, server: serverInputs, http: httpInputs };

export const doors = /** @type {readonly Door[]} */ (Object.keys(written));

/** @param {Door} door */
export function writtenInputs(door) {
  return written[door];
}

/** One of the written inputs by its name, or one made of a seed, which is called by it. @param {Door} door @param {string} name */
export function inputNamed(door, name) {
  const found = written[door].find((input) => input.name === name);
  if (found !== undefined) return found;
  const seed = Number(/^seed (\d+)$/.exec(name)?.[1]);
  if (!Number.isInteger(seed))
    throw new Error(`There is no input ${JSON.stringify(name)} for ${door}.`);
  return randomInput(door, seed);
}

/** @param {Door} door @param {number} seed */
function randomInput(door, seed) {
  const random = randomFrom(seed);
  const name = `seed ${seed}`;
  switch (door) {
    case "cell": {
      const json = JSON.stringify(randomJson(random, size(random, 1_000, 1_500_000)));
      const source = pick(random, [
        `const v = JSON.parse(${json}); ${call("echo", "v")}; ${call("ways", "v")}; ${call("union", "v")};`,
        `try { for (let i = 0; i < 100; i++) store('k' + i, JSON.parse(${json})); } catch (e) { text(e.message); }`,
        `const t = ${JSON.stringify(randomText(random, size(random, 100, 1_000_000)))}; text(t); notify(t + '.'); console.log(t); ${call("formats", "{ email: t, uri: t, regex: t }")}; try { await search_tools(t); } catch {} throw new Error(t);`,
      ]);
      return { name, source, asks: "stored" };
    }
    case "model":
      return { name, to: "freeform", input: () => randomText(random, size(random, 100, 300_000)) };
    case "server": {
      const json = randomJson(random, size(random, 1_000, 30_000_000));
      return {
        name,
        result: pick(random, [
          structured(() => json),
          textResult(() => json),
          answer(() => `{"content":${json}}`),
          (id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":"m","data":${json}}}`,
        ]),
      };
    }
    case "http":
      return { name, body: () => randomJson(random, size(random, 1_000, 16_000_000)) };
  }
}
