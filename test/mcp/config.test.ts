// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a config look like this.

import { describe, expect, test } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import { connectMcpServers, type McpConfig, parseMcpConfig } from "../../src/mcp.js";
import { fixtureServer } from "../support/mcp.js";

async function problemOf(config: unknown): Promise<string> {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const error: unknown = await parseMcpConfig(text, "mcp.json").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CodeModeError);
  expect((error as CodeModeError).code).toBe("ERR_MCP_CONFIG");
  return (error as CodeModeError).message;
}

/** A config as it is read, and what is told of it. */
async function read(config: unknown): Promise<{ config: McpConfig; warnings: readonly string[] }> {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const warnings: string[] = [];
  const onWarning = ({ message }: { readonly message: string }): unknown => warnings.push(message);
  return { config: await parseMcpConfig(text, "mcp.json", { onWarning }), warnings };
}

test("a config of the usual shape is taken as it is, and keys that are not known are told", async () => {
  const given = {
    mcpServers: {
      files: { command: "node", args: ["server.js"], env: { A: "1" }, cwd: "/", alwaysAllow: [] },
      web: { type: "http", url: "https://example.com/mcp", headers: { Authorization: "secret" } },
    },
    theme: "dark",
  };
  const { config, warnings } = await read(`\uFEFF${JSON.stringify(given)}`);
  expect(config).toEqual(given);
  expect(warnings).toEqual([
    "mcp.json has keys that mean nothing to codecell and are left alone: theme; mcpServers.files.alwaysAllow.",
  ]);
});

test("a config as VS Code keeps it is read: servers, inputs, comments, trailing commas", async () => {
  const text = `{
    // what they are for
    "inputs": [{ "id": "key", },],
    "servers": {
      /* "off": { "command": "no" }, */
      "files": { "type": "stdio", "command": "node", "args": ["// no comment", "a,]", "\\"/*",], },
    },
  }`;
  expect(await read(text)).toEqual({
    config: {
      inputs: [{ id: "key" }],
      mcpServers: {
        files: { type: "stdio", command: "node", args: ["// no comment", "a,]", '"/*'] },
      },
    },
    warnings: [],
  });
  expect(await problemOf('{ "servers": { "a": { "args": [] } } }')).toContain(
    '"servers.a.command" is missing',
  );
});

test("what stands in a server's transport counts as its own", async () => {
  const { config, warnings } = await read({
    mcpServers: {
      a: { transport: { type: "stdio", command: "node", args: ["x"] }, enabledTools: ["y"] },
      b: { transport: { type: "streamable-http", url: "http://host/mcp" } },
      c: { transport: "http", url: "http://host/mcp" },
    },
  });
  expect(config.mcpServers).toEqual({
    a: { type: "stdio", command: "node", args: ["x"], enabledTools: ["y"] },
    b: { type: "streamable-http", url: "http://host/mcp" },
    c: { type: "http", url: "http://host/mcp" },
  });
  expect(warnings).toEqual([]);
});

test("text that is not JSON is refused with the place", async () => {
  expect(await problemOf('{\n  // one, two\n  "mcpServers": {},\n x}')).toMatch(
    /^mcp\.json is not JSON: line 4, column 2: Expected double-quoted property name/,
  );
  expect(await problemOf("{mcpServers}")).toMatch(/line 1, column 2/);
  expect(await problemOf("mcpServers:\n  files: node")).toMatch(/^mcp\.json is not JSON: .*'m'/);
  expect(await problemOf(" \n")).toBe("mcp.json is not JSON: it is empty");
  expect(await problemOf("// nothing")).toBe("mcp.json is not JSON: it is empty");
});

test.each([
  ["[]", "mcp.json: the whole should be an object"],
  [{ server: {} }, '"mcpServers" is missing: expected an object of servers'],
  [{ server: {} }, "(found only: server)"],
  [{ mcpServers: [] }, '"mcpServers" should be an object of servers'],
  [
    { mcpServers: { a: "node" } },
    '"mcpServers.a" should be an object with "command" or "url", but is a text',
  ],
  [{ mcpServers: { a: { args: [] } } }, '"mcpServers.a.command" is missing: expected the command'],
  [
    { mcpServers: { a: { command: ["node"] } } },
    '"mcpServers.a.command" should be the command that starts the server, such as "npx", but is an array',
  ],
  [{ mcpServers: { a: { command: "" } } }, 'but is the text ""'],
  [
    { mcpServers: { a: { command: "x", args: "y" } } },
    '"mcpServers.a.args" should be an array of texts, but is a text',
  ],
  [
    { mcpServers: { a: { command: "x", args: ["y", 8080] } } },
    '"mcpServers.a.args.1" should be a text, but is a number',
  ],
  [
    { mcpServers: { a: { command: "x", env: { PORT: 1 } } } },
    '"mcpServers.a.env.PORT" should be a text, but is a number',
  ],
  [
    { mcpServers: { a: { url: "ftp://host" } } },
    'should be an http:// or https:// address, but is the text "ftp://host"',
  ],
  [{ mcpServers: { a: { type: "sse" } } }, '"mcpServers.a.url" is missing: expected an http://'],
  [
    { mcpServers: { a: { type: "ws", url: "ws://host" } } },
    'or "sse" for one of the older transport, but is the text "ws"',
  ],
  [{ mcpServers: { a: { type: "http" } } }, '"mcpServers.a.url" is missing: expected an http://'],
  [
    { mcpServers: { a: { command: "x", enabledTools: "read" } } },
    '"mcpServers.a.enabledTools" should be an array of tools\' names or patterns',
  ],
  [
    { mcpServers: { a: { command: "x", approval: true } } },
    '"mcpServers.a.approval" should be "auto", "ask", "deny", "annotations" or an object {"pattern": "ask", …, "*": "auto"}, but is a boolean',
  ],
  [
    { mcpServers: { a: { url: "http://host", approval: { read: "always", "*": "ask" } } } },
    '"mcpServers.a.approval.read" should be "auto", "ask", "deny" or "annotations", but is the text "always"',
  ],
  [
    { mcpServers: { a: { command: "x", approval: { "delete_*": "ask" } } } },
    '"mcpServers.a.approval.*" is missing: expected what happens to calls of all other tools (found only: delete_*)',
  ],
])(
  "the wrong shape %j is refused, naming key, expectation and finding",
  async (config, problem) => {
    expect(await problemOf(config)).toContain(problem);
  },
);

test("a value that may be a secret is not shown", async () => {
  const config = { mcpServers: { a: { url: "http://host", headers: "Bearer secret" } } };
  expect(await problemOf(config)).not.toContain("secret");
});

test("all that is wrong is named, not the first alone", async () => {
  const config = {
    mcpServers: {
      a: { command: 1, args: "x", env: { KEY: "${CODECELL_TEST_NONE}" } },
      b: { url: "ftp://host" },
      c: {},
    },
  };
  expect(await problemOf(config)).toBe(`mcp.json: 5 things are wrong:
  "mcpServers.a.command" should be the command that starts the server, such as "npx", but is a number
  "mcpServers.a.args" should be an array of texts, but is a text
  "mcpServers.b.url" should be an http:// or https:// address, but is the text "ftp://host"
  "mcpServers.c.command" is missing: expected the command that starts the server, such as "npx"
  "mcpServers.a.env.KEY" has \${CODECELL_TEST_NONE}, and there is no variable CODECELL_TEST_NONE: set it, or write \${CODECELL_TEST_NONE:-default}`);
});

describe("variables", () => {
  process.env["CODECELL_TEST_ONE"] = "one";
  process.env["CODECELL_TEST_EMPTY"] = "";
  process.env["CODECELL_TEST_URL"] = "https://example.com";
  process.env["CODECELL_TEST_NESTED"] = "${CODECELL_TEST_ONE}";

  test("are put into command, args, env, cwd, url and headers, and nowhere else", async () => {
    const { config } = await read({
      mcpServers: {
        a: {
          command: "${CODECELL_TEST_ONE}",
          args: ["--x=${CODECELL_TEST_ONE}${CODECELL_TEST_NONE:-two}", "$HOME ${x%y} ${#a}"],
          env: {
            A: "${env:CODECELL_TEST_ONE}",
            B: "${CODECELL_TEST_EMPTY}",
            C: "${CODECELL_TEST_EMPTY:-three}",
            D: "${CODECELL_TEST_NONE:-}",
            E: "${CODECELL_TEST_NESTED}",
            "${CODECELL_TEST_ONE}": "$1",
          },
          cwd: "/${CODECELL_TEST_ONE}",
          enabledTools: ["${CODECELL_TEST_ONE}"],
        },
        b: {
          url: "${CODECELL_TEST_URL}/mcp",
          headers: { Authorization: "Bearer ${CODECELL_TEST_ONE}" },
        },
        c: { command: "${CODECELL_TEST_NONE}", disabled: true },
      },
    });
    expect(config.mcpServers).toEqual({
      a: {
        command: "one",
        args: ["--x=onetwo", "$HOME ${x%y} ${#a}"],
        env: {
          A: "one",
          B: "",
          C: "three",
          D: "",
          E: "${CODECELL_TEST_ONE}",
          "${CODECELL_TEST_ONE}": "$1",
        },
        cwd: "/one",
        enabledTools: ["${CODECELL_TEST_ONE}"],
      },
      b: { url: "https://example.com/mcp", headers: { Authorization: "Bearer one" } },
      c: { command: "${CODECELL_TEST_NONE}", disabled: true },
    });
  });

  test.each([
    [
      { command: "${CODECELL_TEST_NONE}" },
      'a.command" has ${CODECELL_TEST_NONE}, and there is no variable',
    ],
    [
      { command: "x", args: ["a", "${constructor}"] },
      'a.args.1" has ${constructor}, and there is no',
    ],
    [
      { url: "${CODECELL_TEST_NONE}/mcp" },
      'mcp.json: "mcpServers.a.url" has ${CODECELL_TEST_NONE}',
    ],
    [
      { url: "http://host", headers: { Authorization: "Bearer ${input:key}" } },
      'a.headers.Authorization" has ${input:key}, which an editor would ask for: write a variable',
    ],
    [{ command: "x", env: { A: "${MY-KEY}" } }, 'a.env.A" has ${MY-KEY}, which is no variable'],
  ])("that there are not are named: %j", async (server, problem) => {
    expect(await problemOf({ mcpServers: { a: server } })).toContain(problem);
  });

  test("are not shown where their value breaks a rule", async () => {
    process.env["CODECELL_TEST_SECRET"] = "secret";
    const problem = await problemOf({ mcpServers: { a: { url: "${CODECELL_TEST_SECRET}" } } });
    expect(problem).toContain('but is the text "${CODECELL_TEST_SECRET}"');
  });

  test("reach a server with their values, once, in a config that was read or was not", async () => {
    const server = { ...fixtureServer(), env: { E: "${CODECELL_TEST_NESTED}" } };
    const config: McpConfig = { mcpServers: { s: server } };
    for (const given of [config, await parseMcpConfig(JSON.stringify(config))]) {
      await using servers = await connectMcpServers(given);
      const { signal } = new AbortController();
      const context = { sessionId: "s", cellId: "1", callId: "1", signal };
      const environment = servers.tools.find(({ name }) => name === "environment");
      expect(await environment?.execute({}, context)).toMatchObject({ E: "${CODECELL_TEST_ONE}" });
    }
    const missing = { mcpServers: { s: { command: "${CODECELL_TEST_NONE}" } } };
    await expect(connectMcpServers(missing)).rejects.toMatchObject({ code: "ERR_MCP_CONFIG" });
  });
});
