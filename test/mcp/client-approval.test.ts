import { afterAll, describe, expect, test } from "vitest";
import { Workspace } from "../support/cli.js";
import { cellIdOf, connectOverStdio, eras, exec, textsOf, wait } from "../support/gateway.js";
import { fixtureServer, peerServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const config = workspace.config({
  fixture: { ...fixtureServer(), approval: { text: "ask", echo: "annotations", "*": "auto" } },
});
const args = ["--config", config];

const program = (name: string, input: string): string =>
  `await tools.mcp__fixture__${name}(${input}).then(text, (error) => text(error.message));`;
const asking = "tools.mcp__fixture__text({})";
const refused = (why: string): string =>
  `The tool "mcp__fixture__text" was not called: approval was refused: ${why}`;

describe.each(eras)("a %s client of codecell mcp", (era) => {
  /** A client whose person answers in this way, and what they were asked. */
  async function connect(...actions: readonly ("accept" | "decline" | "cancel")[]) {
    const asked: unknown[] = [];
    const rest = [...actions];
    const { client } = await connectOverStdio(era, args, { capabilities: { elicitation: {} } });
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      asked.push(params);
      const action = rest.shift() ?? "cancel";
      return action === "accept" ? { action, content: {} } : { action };
    });
    return { client, asked };
  }

  test("asks its person about a call that needs approval, who accepts, declines or does not answer", async () => {
    const { client, asked } = await connect("accept", "decline", "cancel");
    const result = await exec(client, program("text", '{ a: "\\u202e" }').repeat(3));
    expect(textsOf(result)).toEqual([
      "plain",
      refused("the person at the client said no"),
      refused("the person at the client did not answer"),
    ]);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({
      message: 'A program wants to call the tool mcp__fixture__text. Its input:\n{"a":"\\u202e"}',
      requestedSchema: { type: "object", properties: {} },
    });
  });

  test("is told why it is asked, and asked for calls that are made at once", async () => {
    const { client, asked } = await connect("accept", "accept");
    const source =
      "text(await Promise.all([tools.mcp__fixture__text(), tools.mcp__fixture__echo()]));";
    expect(textsOf(await exec(client, source))).toEqual(['["plain",{"input":{}}]']);
    const messages = asked.map((params) => (params as { message: string }).message);
    expect(messages.filter((message) => message.includes("mcp__fixture__echo"))).toEqual([
      expect.stringContaining(
        'It needs approval: "its server does not say that it is harmless". Its input:\n',
      ),
    ]);
  });

  test("is asked while it waits for a program that has yielded", async () => {
    const { client, asked } = await connect("accept");
    const first = await exec(client, `yield_control(); ${program("text", "{}")}`);
    const second = await wait(client, cellIdOf(first));
    expect(textsOf(second)).toEqual(["plain"]);
    expect(asked).toHaveLength(1);
  });

  test("that cannot ask gets the call rejected, with what to do", async () => {
    const { client } = await connectOverStdio(era, args);
    expect(textsOf(await exec(client, program("text", "{}")))).toEqual([
      refused(
        'the MCP client cannot ask its person (it has no elicitation with forms); use a client that can, or decide about such calls in advance ("approval" in the config, --approve)',
      ),
    ]);
  });
});

test("--ask, --approve and --deny say what the person is asked about, and what not", async () => {
  const options = "--ask * --approve number --approve *__echo --deny structured".split(" ");
  const { client } = await connectOverStdio("legacy", ["--config", config, ...options], {
    capabilities: { elicitation: {} },
  });
  const asked: string[] = [];
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    asked.push(/tool (\S+)\./.exec(params.message)?.[1] ?? params.message);
    return { action: "accept", content: {} };
  });
  const calls = [
    program("number", ""),
    program("echo", "{ a: 1 }"),
    program("structured", ""),
    program("text", ""),
  ];
  expect(textsOf(await exec(client, calls.join("\n")))).toEqual([
    "42",
    '{"input":{"a":1}}',
    'The tool "mcp__fixture__structured" was not called: the call is denied.',
    "plain",
  ]);
  expect(asked).toEqual(["mcp__fixture__text"]);
});

test("--approve none refuses what would be asked about", async () => {
  const { client } = await connectOverStdio("legacy", [...args, "--approve", "none"], {
    capabilities: { elicitation: {} },
  });
  expect(textsOf(await exec(client, program("text", "")))).toEqual([
    refused("codecell was started with --approve none"),
  ]);
});

test("reading resources is asked about by the tool's name", async () => {
  const peers = workspace.file(
    "peers.json",
    JSON.stringify({ mcpServers: { one: peerServer("one") } }),
  );
  const options = ["--config", peers, "--ask", "read_resource", "--deny", "list_resources"];
  const { client } = await connectOverStdio("legacy", options, {
    capabilities: { elicitation: {} },
  });
  const asked: string[] = [];
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    asked.push(params.message);
    return { action: "accept", content: {} };
  });
  const result = await exec(
    client,
    `text(await tools.read_resource({ uri: "one://text" }));
     await tools.list_resources({}).catch((error) => text(error.message));`,
  );
  expect(textsOf(result)).toEqual([
    '{"a":1}',
    'The tool "list_resources" was not called: the call is denied.',
  ]);
  expect(asked).toEqual([expect.stringContaining("one://text")]);
});

test("a client that is answered while its person has not decided reads what the program waits for", async () => {
  const { client } = await connectOverStdio("legacy", args, { capabilities: { elicitation: {} } });
  let accept: () => void = () => {};
  const accepted = new Promise<void>((resolve) => {
    accept = resolve;
  });
  client.setRequestHandler("elicitation/create", async () => {
    await accepted;
    return { action: "accept", content: {} };
  });
  const yielded = await exec(
    client,
    `const asked = ${asking}; yield_control(); text(await asked);`,
  );
  expect(textsOf(yielded)).toEqual([
    "Note: the script waits for approval of tools.mcp__fixture__text.",
  ]);
  accept();
  expect(textsOf(await wait(client, cellIdOf(yielded)))).toEqual(["plain"]);
});
