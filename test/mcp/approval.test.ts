import { describe, expect, test } from "vitest";
import type { ApprovalHandler } from "../../src/index.js";
import { mcpToolApproval } from "../../src/mcp/client/approval.js";
import { connectMcpServers, type McpApproval, type McpClient, mcpTools } from "../../src/mcp.js";
import { runToTexts } from "../support/cells.js";
import { fixtureServer } from "../support/mcp.js";

const client: McpClient = {
  listTools: async () => ({
    tools: [
      { name: "read", annotations: { readOnlyHint: true } },
      { name: "append", annotations: { readOnlyHint: false, destructiveHint: false } },
      { name: "delete-file", annotations: { destructiveHint: true } },
      { name: "delete_all" },
    ],
  }),
  callTool: async () => ({ content: [] }),
};

/** What becomes of calls of each tool. */
async function policiesOf(approval: McpApproval): Promise<Record<string, unknown>> {
  const tools = await mcpTools(client, { server: "files", approval });
  return Object.fromEntries(tools.map(({ name, approval: own = "auto" }) => [name, own]));
}

const all = (policy: unknown): object => ({
  read: policy,
  append: policy,
  "delete-file": policy,
  delete_all: policy,
});
const ask = { policy: "ask" };
const deny = { policy: "deny" };

describe("the approval of an MCP server's tools", () => {
  test.each<readonly [string, McpApproval, object]>([
    ["auto", "auto", all("auto")],
    ["ask", "ask", all(ask)],
    ["deny", "deny", all(deny)],
    [
      "annotations, of which only such as say that a tool is harmless let it run at once",
      "annotations",
      {
        read: "auto",
        append: "auto",
        "delete-file": {
          policy: "ask",
          reason: "its server says that it may destroy something",
        },
        delete_all: {
          policy: "ask",
          reason: "its server does not say that it is harmless",
        },
      },
    ],
    [
      "patterns of the server's names, of which the first that fits holds",
      { "delete_*": "deny", "delete*": "ask", "*": "auto" },
      { ...all("auto"), "delete-file": ask, delete_all: deny },
    ],
    [
      "patterns of the names in cells",
      {
        mcp__files__delete_file: "deny",
        mcp__other__read: "deny",
        "mcp__*__read": "auto",
        "*": "ask",
      },
      { ...all(ask), read: "auto", "delete-file": deny },
    ],
    [
      "patterns with several stars, and none that stand for nothing twice",
      { "rea*ead": "ask", "r*e*d": "deny", "a*p*nd": "ask", "*": "auto" },
      { ...all("auto"), read: deny, append: ask },
    ],
    [
      "annotations for some",
      { "delete*": "annotations", "*": "auto" },
      {
        ...all("auto"),
        "delete-file": expect.objectContaining(ask),
        delete_all: expect.objectContaining(ask),
      },
    ],
  ])("is %s", async (_, approval, expected) => {
    expect(await policiesOf(approval)).toEqual(expected);
  });

  const remove = {
    names: ["delete", "mcp__files__delete"],
    annotations: { destructiveHint: true },
  };
  const reason = "its server says that it may destroy something";
  test.each<readonly [readonly (McpApproval | undefined)[], object | undefined]>([
    [[], undefined],
    [[undefined, "auto"], undefined],
    [["auto", "ask", undefined], ask],
    [["ask", "deny"], deny],
    [["deny", "ask"], deny],
    [["deny", "auto"], deny],
    [["ask", "annotations"], ask],
    [["annotations", "ask"], { ...ask, reason }],
    [[{ read: "auto" }], ask],
    [[{ delete: "auto" }, { "*": "auto" }], undefined],
    [[{ "mcp__*": "deny", delete: "auto" }], deny],
  ])(
    "of all that is set the strictest holds, and of as strict ones the first: %j",
    (set, policy) => {
      expect(mcpToolApproval(remove, set)).toEqual(policy);
    },
  );

  test.each([
    [
      [],
      'must be "auto", "ask", "deny" or "annotations", or an object of them by patterns; got an array []',
    ],
    [
      "yes",
      'must be "auto", "ask", "deny" or "annotations", or an object of them by patterns; got a string "yes"',
    ],
    [null, "or an object of them by patterns; got null"],
    [
      { "*": "always", "read_*": true },
      'must have "auto", "ask", "deny" or "annotations" for "*" (got a string "always"); "auto", "ask", "deny" or "annotations" for "read_*" (got the boolean true).',
    ],
    [{ "delete_*": "ask" }, 'must have an entry "*", for all other tools'],
  ])("is refused where it is %j", async (approval, problem) => {
    await expect(
      mcpTools(client, { server: "files", approval: approval as McpApproval }),
    ).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining(problem),
    });
  });
});

test("a configuration says what needs approval, and an option for all servers can only be stricter", async () => {
  await using servers = await connectMcpServers(
    {
      mcpServers: {
        one: { ...fixtureServer(), approval: { text: "ask", number: "deny", "*": "auto" } },
        two: { ...fixtureServer(), approval: "ask" },
      },
    },
    { approval: { json: "deny", "*": "auto" } },
  );
  const asked: string[] = [];
  const onApproval: ApprovalHandler = ({ tool }) => {
    asked.push(tool);
    return tool.startsWith("mcp__one");
  };
  const source = `
    for (const name of ["one__text", "one__number", "one__json", "one__structured", "two__text", "two__json"]) {
      await tools["mcp__" + name]().then(text, (error) => text(error.message));
    }`;
  const notCalled = (name: string, why: string): string =>
    `The tool "mcp__${name}" was not called: ${why}`;
  expect(await runToTexts(source, { tools: servers.tools, onApproval })).toEqual([
    "plain",
    notCalled("one__number", "the call is denied."),
    notCalled("one__json", "the call is denied."),
    '{"a":1}',
    notCalled("two__text", "approval was refused."),
    notCalled("two__json", "the call is denied."),
  ]);
  expect(asked).toEqual(["mcp__one__text", "mcp__two__text"]);
});
