// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a config look like this.

import { describe, expect, test } from "vitest";
import { faultsOfShape } from "../../src/mcp/client/config-faults.js";
import { toConfigShape } from "../../src/mcp/client/config-shape.js";
import { jsonProblem, toPlainJson } from "../../src/mcp/client/config-text.js";
import { expandVariables } from "../../src/mcp/client/config-variables.js";
import { connectMcpServers, type McpConfig, parseMcpConfig } from "../../src/mcp.js";

async function messageOf(config: unknown): Promise<string> {
  const error: unknown = await parseMcpConfig(JSON.stringify(config), "mcp.json").catch(
    (thrown: unknown) => thrown,
  );
  return (error as Error).message;
}

describe("the shape of a config", () => {
  test.each<readonly [string, unknown, object]>([
    [
      "what is no object is as it is",
      [1],
      { value: [1], serversKey: "mcpServers", unknownKeys: [] },
    ],
    ["null is as it is", null, { value: null, serversKey: "mcpServers", unknownKeys: [] }],
    [
      "an empty object has no servers",
      {},
      { value: {}, serversKey: "mcpServers", unknownKeys: [] },
    ],
    [
      "servers stand for mcpServers",
      { servers: { a: {} } },
      { value: { mcpServers: { a: {} } }, serversKey: "servers", unknownKeys: [] },
    ],
    [
      "but not beside these",
      { servers: { a: {} }, mcpServers: { b: {} } },
      {
        value: { servers: { a: {} }, mcpServers: { b: {} } },
        serversKey: "mcpServers",
        unknownKeys: ["servers"],
      },
    ],
    [
      "servers of another kind stay, under the one name",
      { servers: 7, x: 1 },
      { value: { mcpServers: 7, x: 1 }, serversKey: "servers", unknownKeys: ["x"] },
    ],
    [
      "keys that others read are known",
      { $schema: "a", inputs: [], mcpServers: {}, y: 1 },
      {
        value: { $schema: "a", inputs: [], mcpServers: {}, y: 1 },
        serversKey: "mcpServers",
        unknownKeys: ["y"],
      },
    ],
    [
      "keys of servers that are not known have the name that the text has",
      { servers: { a: { command: "x", z: 1 }, b: 7 } },
      {
        value: { mcpServers: { a: { command: "x", z: 1 }, b: 7 } },
        serversKey: "servers",
        unknownKeys: ["servers.a.z"],
      },
    ],
    [
      "what stands beside a transport is stronger than what is in it",
      { mcpServers: { a: { transport: { url: "in", type: "sse" }, url: "beside" } } },
      {
        value: { mcpServers: { a: { url: "beside", type: "sse" } } },
        serversKey: "mcpServers",
        unknownKeys: [],
      },
    ],
    [
      "a transport that is a text is the type, unless there is one",
      { mcpServers: { a: { transport: "sse", type: "http", url: "u" } } },
      {
        value: { mcpServers: { a: { type: "http", url: "u" } } },
        serversKey: "mcpServers",
        unknownKeys: [],
      },
    ],
    [
      "a transport of another kind is a key that is not known",
      { mcpServers: { a: { transport: [1], url: "u" } } },
      {
        value: { mcpServers: { a: { transport: [1], url: "u" } } },
        serversKey: "mcpServers",
        unknownKeys: ["mcpServers.a.transport"],
      },
    ],
  ])("%s", (_what, given, shape) => {
    expect(toConfigShape(given)).toEqual(shape);
  });
});

describe("faults of a config", () => {
  const wrong = (count: number) => ({
    mcpServers: Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, 7])),
  });

  test("are twenty at most, and how many there are more", async () => {
    const twenty = await messageOf(wrong(20));
    expect(twenty.split("\n")).toHaveLength(1 + 20);
    expect(twenty).toMatch(/^mcp\.json: 20 things are wrong:\n {2}"mcpServers\.s0"/);
    const lines = (await messageOf(wrong(22))).split("\n");
    expect(lines).toHaveLength(1 + 20 + 1);
    expect(lines.at(-1)).toBe("  and 2 more");
  });

  test.each([
    [null, "null"],
    [[], "an array"],
    [{}, "an object"],
    [7, "a number"],
    [true, "a boolean"],
    ["a", "a text"],
  ])("name the kind of %j", (value, kind) => {
    const schema = { type: "object", properties: { a: { type: "integer", description: "odd" } } };
    const kinds = value === 7 ? { ...schema, properties: { a: { type: "null" } } } : schema;
    const expected = value === 7 ? "something else" : "odd";
    expect(faultsOfShape(kinds, { a: value })).toEqual([
      { path: ["a"], text: `should be ${expected}, but is ${kind}` },
    ]);
  });

  test("show 80 characters of a text that breaks a rule, as it was written", () => {
    const schema = { properties: { a: { maxLength: 2, description: "short" } } };
    const text = (shown: string) => `should be short, but is the text "${shown}"`;
    const faults = faultsOfShape(schema, { a: "x".repeat(81) });
    expect(faults).toEqual([{ path: ["a"], text: text("x".repeat(80)) }]);
    expect(faultsOfShape(schema, { a: "secret" }, { a: "${KEY}" })).toEqual([
      { path: ["a"], text: text("${KEY}") },
    ]);
  });

  test("name up to eight keys beside one that is missing", () => {
    const schema = { required: ["a"], properties: { a: { description: "a letter" } } };
    const keys = Array.from({ length: 9 }, (_, i) => `k${i}`);
    const of = (count: number) => Object.fromEntries(keys.slice(0, count).map((key) => [key, 1]));
    expect([0, 1, 9].map((count) => faultsOfShape(schema, of(count))[0]?.text)).toEqual([
      "is missing: expected a letter",
      "is missing: expected a letter (found only: k0)",
      "is missing: expected a letter (found only: k0, k1, k2, k3, k4, k5, k6, k7)",
    ]);
    expect(faultsOfShape({ required: ["b"] }, {})[0]?.text).toBe(
      "is missing: expected something else",
    );
  });

  test("name keys that are not known, and those with signs of paths in them", () => {
    const closed = { additionalProperties: false };
    expect(faultsOfShape(closed, { x: 1 })).toEqual([{ path: ["x"], text: "is not known" }]);
    const inner = { additionalProperties: { type: "string", description: "a text" } };
    expect(faultsOfShape(inner, { "a/b~c": 1 })).toEqual([
      { path: ["a/b~c"], text: "should be a text, but is a number" },
    ]);
    expect(faultsOfShape(inner, { a: "b" })).toEqual([]);
  });
});

test("a config is read as a whole where one of its servers has not been read", async () => {
  const { mcpServers } = await parseMcpConfig(
    '{"mcpServers":{"a":{"command":"x","disabled":true}}}',
  );
  expect((await connectMcpServers({ mcpServers })).tools).toEqual([]);
  const odd = { mcpServers: { ...mcpServers, b: { command: 7 } } };
  await expect(connectMcpServers(odd as unknown as McpConfig)).rejects.toMatchObject({
    code: "ERR_MCP_CONFIG",
    message: expect.stringContaining('"mcpServers.b.command" should be'),
  });
});

describe("JSON as editors keep it", () => {
  test.each([
    ['{"a":1,}', '{"a":1 }'],
    ["[1, 2, ]", "[1, 2  ]"],
    ["[1,\n]", "[1 \n]"],
    ["[1 // one\n]", "[1       \n]"],
    ["[1 // one\r\n]", "[1       \r\n]"],
    ["[/* a\nb */1]", "[    \n    1]"],
    ["[1] /* no end", "[1]          "],
    ['["//", "/* */", ",]", "\\",]"]', '["//", "/* */", ",]", "\\",]"]'],
    ["[1, /* two */ ]", "[1            ]"],
    ['{"a": [1,], // x,\n "b": {},}', '{"a": [1 ],      \n "b": {} }'],
  ])("%j becomes %j", (text, plain) => {
    expect(toPlainJson(text)).toBe(plain);
  });

  test.each<readonly [string, unknown, string]>([
    ["", new Error("x"), "it is empty"],
    [" \n", new Error("x"), "it is empty"],
    ["abc", new Error("Bad x in JSON at position 1"), "line 1, column 2: Bad x"],
    ["a\nbc", new Error("Bad x at position 3"), "line 2, column 2: Bad x"],
    ["a\n\nc", new Error("Bad x at position 0 (line 7)"), "line 1, column 1: Bad x"],
    ["abc", new Error("Bad x"), "Bad x"],
    ["abc", "Bad x", "Bad x"],
  ])("of %j the error %s is told as %j", (text, error, problem) => {
    expect(jsonProblem(text, error)).toBe(problem);
  });
});

describe("variables of a config", () => {
  const env = { ONE: "1", EMPTY: "" };
  function expand(server: object): { expanded: unknown; told: readonly unknown[] } {
    const told: unknown[] = [];
    const expanded = expandVariables({ ...server }, (fault) => told.push(fault), env);
    return { expanded, told };
  }

  test.each<readonly [object, object]>([
    [{ cwd: "${ONE}${ONE:-2}${NONE:-3}" }, { cwd: "113" }],
    [{ cwd: "${EMPTY}|${EMPTY:-2}|${NONE:-}" }, { cwd: "|2|" }],
    [{ cwd: "${env:ONE} $ONE {ONE}" }, { cwd: "1 $ONE {ONE}" }],
    [{ args: ["${ONE}", 7, null, ["${ONE}"]] }, { args: ["1", 7, null, ["1"]] }],
    [
      { env: { a: { b: "${ONE}" } }, cwd: null, url: 7 },
      { env: { a: { b: "1" } }, cwd: null, url: 7 },
    ],
    [
      { command: "${x y} ${#a}", name: "${ONE} ${NONE}" },
      { command: "${x y} ${#a}", name: "${ONE} ${NONE}" },
    ],
  ])("%j becomes %j", (server, expected) => {
    expect(expand(server)).toEqual({ expanded: expected, told: [] });
  });

  test.each<readonly [object, readonly string[], string]>([
    [
      { args: ["a", "${NONE} ${ONE}"] },
      ["args", "1"],
      "has ${NONE}, and there is no variable NONE: set it, or write ${NONE:-default}",
    ],
    [
      { command: "${toString}" },
      ["command"],
      "has ${toString}, and there is no variable toString: set it, or write ${toString:-default}",
    ],
    [
      { command: "${input:key} ${ONE}" },
      ["command"],
      "has ${input:key}, which an editor would ask for: write a variable, such as ${API_KEY}",
    ],
    [
      { headers: { a: "${x y} ${ONE}" } },
      ["headers", "a"],
      "has ${x y}, which is no variable: write ${NAME} or ${NAME:-default}",
    ],
    [{ url: "${}" }, ["url"], "has ${}, which is no variable: write ${NAME} or ${NAME:-default}"],
  ])("%j stays as it is, and is told", (server, path, text) => {
    expect(expand(server)).toEqual({ expanded: server, told: [{ path, text }] });
  });
});
