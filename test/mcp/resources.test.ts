import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { connectMcpServers, type McpServers } from "../../src/mcp.js";
import { runToTexts, textsOf } from "../support/cells.js";
import { fixtureServer, peerServer } from "../support/mcp.js";

let servers: McpServers;

beforeAll(async () => {
  servers = await connectMcpServers({
    mcpServers: { one: peerServer("one"), "the other": peerServer("other") },
  });
});
afterAll(() => servers.close());

/** What a cell reads, as JSON. */
async function read(uri: string): Promise<unknown> {
  await using codeMode = createCodeMode({ tools: servers.tools });
  await using session = codeMode.openSession();
  const outcome = await session.exec(
    `const reading = tools.read_resource({ uri: ${JSON.stringify(uri)} });
     text(JSON.stringify(await reading.catch(({ message }) => message)))`,
  );
  const [text = ""] = textsOf(outcome);
  return JSON.parse(text);
}

describe("tools.read_resource", () => {
  test("gives a text as a string, whatever it holds", async () => {
    expect(await read("one://text")).toBe('{"a":1}');
  });

  test("gives an image as a block that image() and content() take", async () => {
    await using codeMode = createCodeMode({ tools: servers.tools });
    await using session = codeMode.openSession();
    const outcome = await session.exec(
      `const block = await tools.read_resource({ uri: "other://image" });
       image(block); content(block);`,
    );
    expect(outcome).toMatchObject({
      status: "completed",
      output: [
        { type: "image", imageUrl: expect.stringMatching(/^data:image\/png;base64,iVBOR/) },
        { type: "image", imageUrl: expect.stringMatching(/^data:image\/png;base64,iVBOR/) },
      ],
    });
  });

  test("gives other bytes, and several parts, as content()'s blocks", async () => {
    const bytes = { uri: "one://bytes", mimeType: "application/octet-stream", blob: "AAEC" };
    expect(await read("one://bytes")).toEqual({ content: [{ type: "resource", resource: bytes }] });
    expect(await read("one://all")).toMatchObject({
      content: [{ type: "text" }, { type: "text" }, { type: "image" }, { type: "resource" }],
    });
  });

  test.each([
    ["a URI that two servers have is the first one's", "shared://readme", "one"],
    ["a name with the server says whose it is", "codecell://the%20other/shared://readme", "other"],
    ["a template says whose a URI is", "other://item/7", "item 7"],
    ["a URI that none lists is asked of each", "other://hidden/8", "item 8"],
  ])("%s", async (_what, uri, expected) => {
    expect(await read(uri)).toBe(expected);
  });

  test("says of each server why it has no such resource", async () => {
    expect(await read("none://here")).toMatch(
      /There is no resource "none:\/\/here": one: .*one has no none:\/\/here; the other: /,
    );
  });
});

test("tools.list_resources gives the resources of all servers or of one, and templates", async () => {
  await using codeMode = createCodeMode({ tools: servers.tools });
  await using session = codeMode.openSession();
  const outcome = await session.exec(
    `const { resources, templates } = await tools.list_resources({ server: "the other" });
     text([resources[0], templates]); text((await tools.list_resources({})).resources.length);`,
  );
  expect(textsOf(outcome).map((text) => JSON.parse(text))).toEqual([
    [
      {
        server: "the other",
        uri: "codecell://the%20other/shared://readme",
        name: "shared://readme",
      },
      [{ server: "the other", uriTemplate: "other://item/{id}", name: "item" }],
    ],
    8,
  ]);
});

describe("approval of reading", () => {
  const source = `for (const uri of ["one://text", "other://text"])
      await tools.read_resource({ uri }).then(() => text(uri), (error) => text(error.message));
    for (const server of ["one", "other"])
      await tools.list_resources({ server }).then(() => text(server), (error) => text(error.message));`;
  const refused = (tool: string): string =>
    `The tool "${tool}" was not called: the call is denied.`;

  test("goes by the patterns of the server whose resource it is", async () => {
    await using denying = await connectMcpServers({
      mcpServers: {
        one: peerServer("one"),
        other: { ...peerServer("other"), approval: { "*_resource": "deny", "*": "auto" } },
      },
    });
    expect(await runToTexts(source, { tools: denying.tools })).toEqual([
      "one://text",
      refused("read_resource"),
      "one",
      "other",
    ]);
  });

  test("goes by the patterns for all servers", async () => {
    await using denying = await connectMcpServers(
      { mcpServers: { one: peerServer("one"), other: peerServer("other") } },
      { approval: { "list_*": "deny", "*": "annotations" } },
    );
    expect(await runToTexts(source, { tools: denying.tools })).toEqual([
      "one://text",
      "other://text",
      refused("list_resources"),
      refused("list_resources"),
    ]);
  });
});

test("where no server has resources, programs have no tools for them", async () => {
  await using without = await connectMcpServers({ mcpServers: { fixture: fixtureServer() } });
  expect(without.tools.map(({ name }) => name)).not.toContain("read_resource");
});

test("what a server asks goes to onRequest, with the calls that may have caused it", async () => {
  const causes: object[] = [];
  await using asking = await connectMcpServers(
    { mcpServers: { one: peerServer("one") } },
    {
      capabilities: { elicitation: { form: {} } },
      onRequest: async (request) => {
        causes.push(...request.causes);
        expect(request).toMatchObject({ server: "one", method: "elicitation/create" });
        return { action: "accept", content: { answer: "forty-two" } };
      },
    },
  );
  await using codeMode = createCodeMode({ tools: asking.tools });
  await using session = codeMode.openSession();
  const outcome = await session.exec("text(await tools.mcp__one__ask({}))");
  expect(textsOf(outcome)).toEqual(["forty-two"]);
  expect(causes).toMatchObject([
    { sessionId: session.id, cellId: "1", callId: expect.any(String) },
  ]);
  const cause = {};
  const [server] = asking.servers;
  await server?.request("prompts/get", { name: "ask" }, { cause });
  expect(causes[1]).toBe(cause);
  await expect(server?.request("prompts/get", { name: "" }, {})).resolves.toMatchObject({
    messages: [{ content: { text: "hello from one" } }],
  });
});
