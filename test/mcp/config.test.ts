import { expect, test } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import { parseMcpConfig } from "../../src/mcp.js";

async function problemOf(config: unknown): Promise<string> {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const error: unknown = await parseMcpConfig(text, "mcp.json").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CodeModeError);
  expect((error as CodeModeError).code).toBe("ERR_MCP_CONFIG");
  return (error as CodeModeError).message;
}

test("a config of the usual shape is taken as it is, unknown keys and all", async () => {
  const config = {
    mcpServers: {
      files: { command: "node", args: ["server.js"], env: { A: "1" }, cwd: "/", alwaysAllow: [] },
      asked: { command: "node", approval: { "delete_*": "ask", "*": "annotations" } },
      web: { type: "http", url: "https://example.com/mcp", headers: { Authorization: "secret" } },
    },
    theme: "dark",
  };
  await expect(parseMcpConfig(`\uFEFF${JSON.stringify(config)}`)).resolves.toEqual(config);
});

test("text that is not JSON is refused with the place", async () => {
  expect(await problemOf('{\n  "mcpServers": {},\n}')).toMatch(
    /^mcp\.json is not JSON: line 3, column 1: Expected double-quoted property name/,
  );
  expect(await problemOf("{mcpServers}")).toMatch(/line 1, column 2/);
  expect(await problemOf("mcpServers:\n  files: node")).toMatch(/^mcp\.json is not JSON: .*'m'/);
  expect(await problemOf(" \n")).toBe("mcp.json is not JSON: it is empty");
});

test.each([
  ["[]", "mcp.json: the whole should be an object"],
  [{ servers: {} }, '"mcpServers" is missing: expected an object of servers'],
  [{ servers: {} }, "(found only: servers)"],
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
  [
    { mcpServers: { a: { type: "sse", url: "http://host" } } },
    'no other transport is supported, but is the text "sse"',
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
    '"mcpServers.a.approval.*" is missing: expected what becomes of calls of all other tools (found only: delete_*)',
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
