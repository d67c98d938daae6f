import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningCli, Workspace } from "../support/cli.js";
import {
  cellIdOf,
  type Era,
  eras,
  exec,
  startHttpGateway,
  textsOf,
  wait,
} from "../support/gateway.js";
import { peerServer } from "../support/mcp.js";

// One server behind `codecell mcp`, several clients over HTTP: which of them is asked what the server asks?

const workspace = new Workspace();
const config = workspace.config({ one: peerServer("one"), other: peerServer("other") });
afterAll(() => workspace[Symbol.dispose]());

const ask = "text(await tools.mcp__one__ask({}))";

let gateway: RunningCli & { readonly url: string };
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

/** A client that answers what it is asked with its name; undefined: it cannot be asked. */
async function connect(era: Era, name?: string): Promise<Client> {
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      capabilities: name === undefined ? {} : { elicitation: { form: {} } },
      versionNegotiation: { mode: era === "legacy" ? "legacy" : "auto" },
    },
  );
  if (name !== undefined) {
    client.setRequestHandler("elicitation/create", async () => ({
      action: "accept",
      content: { answer: name },
    }));
  }
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  clients.push(client);
  return client;
}

beforeAll(async () => {
  gateway = await startHttpGateway(["--config", config, "--verbose"], "http://127.0.0.1:0", "file");
  await gateway.watch.seen("● one");
  await gateway.watch.seen("● other");
});

describe.each(eras)("%s clients", (era) => {
  test("the one whose program calls is asked", async () => {
    const [ann, bob] = await Promise.all([connect(era, "Ann"), connect(era, "Bob")]);
    for (let round = 0; round < 2; round += 1) {
      expect(textsOf(await exec(ann, ask))).toEqual(["Ann"]);
      expect(textsOf(await exec(bob, ask))).toEqual(["Bob"]);
    }
  });

  test("the one whose own request it is is asked", async () => {
    const [ann, bob] = await Promise.all([connect(era, "Ann"), connect(era, "Bob")]);
    const answers = [ann, bob].map(async (client, index) => {
      const name = index === 0 ? "one_ask" : "other_ask";
      const { messages } = await client.getPrompt({ name });
      return messages[0]?.content;
    });
    expect(await Promise.all(answers)).toMatchObject([{ text: "Ann" }, { text: "Bob" }]);
  });

  test("one that cannot be asked is not, and the server is told", async () => {
    await connect(era, "Ann");
    const mute = await connect(era);
    expect(textsOf(await exec(mute, ask)).join()).toContain(
      "The client whose call this is for has no elicitation.",
    );
  });

  test("none is asked while the server is at work for two", async () => {
    const [ann, bob] = await Promise.all([connect(era, "Ann"), connect(era, "Bob")]);
    const held = await exec(ann, "yield_control(); await tools.mcp__one__hold({})");
    await gateway.watch.seen("holding");
    expect(textsOf(await exec(bob, ask)).join()).toContain(
      'the server "one" is at work for several clients, and nothing says whose request this is',
    );
    await wait(ann, cellIdOf(held), { terminate: true });
  });
});

test("a program that has yielded asks when it is waited for again", async () => {
  const client = await connect("modern", "Ann");
  const code = `yield_control(); await new Promise((done) => setTimeout(done, 50)); ${ask}`;
  const yielded = await exec(client, code);
  expect(textsOf(await wait(client, cellIdOf(yielded)))).toEqual(["Ann"]);
});

test("what a server asks by itself is for the one client that can answer, if there is just one", async () => {
  const ann = await connect("legacy", "Ann");
  await connect("legacy");
  await exec(ann, "await tools.mcp__one__ask_later({})");
  await gateway.watch.seen("later: Ann");
  await connect("legacy", "Bob");
  await exec(ann, "await tools.mcp__one__ask_later({})");
  await gateway.watch.seen("2 clients have elicitation");
});

test("names tell whose prompts and resources are whose", async () => {
  const client = await connect("legacy");
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toEqual([
    "one_hello",
    "one_ask",
    "one_open_page",
    "other_hello",
    "other_ask",
    "other_open_page",
  ]);
  const { resources } = await client.listResources();
  expect(resources.filter(({ name }) => name === "shared://readme")).toMatchObject([
    { uri: "shared://readme", title: "one: shared://readme" },
    { uri: "codecell://other/shared://readme", title: "other: shared://readme" },
  ]);
  const uri = "codecell://other/shared://readme";
  expect((await client.readResource({ uri })).contents).toMatchObject([{ uri, text: "other" }]);
  const argument = { name: "id", value: "" };
  const reference = { type: "ref/resource", uri: "other://item/{id}" } as const;
  const { completion } = await client.complete({ ref: reference, argument });
  expect(completion.values).toEqual(["other other://item/{id}"]);
});

test("a log message goes to the client whose call it is about", async () => {
  const heard: string[][] = [[], []];
  const [ann, bob] = await Promise.all([connect("legacy"), connect("legacy")]);
  for (const [index, client] of [ann, bob].entries()) {
    client.setNotificationHandler("notifications/message", ({ params }) => {
      heard[index]?.push(`${params.logger}: ${params.data}`);
    });
  }
  await exec(ann, "await tools.mcp__one__log({})");
  await exec(bob, "notify('mine')");
  expect(heard).toEqual([["one/tool: about the call"], ["cell 1: mine"]]);
});

describe("waiting", () => {
  test("cancelling a wait leaves the program alone", async () => {
    const client = await connect("legacy", "Ann");
    const code = "yield_control(); await tools.mcp__one__hold({}); text('over')";
    const cellId = cellIdOf(await exec(client, code));
    const cancel = new AbortController();
    const call = { name: "wait", arguments: { cell_id: cellId } };
    const waiting = client.callTool(call, { signal: cancel.signal });
    cancel.abort(new Error("no patience"));
    await expect(waiting).rejects.toThrow("no patience");
    const still = await wait(client, cellId, { yield_time_ms: 0 });
    expect(cellIdOf(still)).toBe(cellId);
    const ended = await wait(client, cellId, { terminate: true });
    expect(ended.content[0]).toMatchObject({ text: expect.stringContaining("Script terminated") });
    expect(textsOf(await wait(client, cellId)).join()).toContain(
      `cell ${cellId} has ended and its result was given`,
    );
    expect(textsOf(await wait(client, "99")).join()).toContain('no such cell: "99"');
  });

  test("an answer takes no longer than --max-yield-after, which the model reads", async () => {
    const capped = await startHttpGateway(["-c", config, "--max-yield-after", "100"]);
    const client = new Client({ name: "test", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL(capped.url)));
    clients.push(client);
    const { tools } = await client.listTools();
    expect(JSON.stringify(tools[0]?.inputSchema)).toContain("at most 100.");
    const { content } = await client.callTool({
      name: "exec",
      arguments: { code: "await tools.mcp__one__hold({})", yield_time_ms: 600_000 },
    });
    expect(content[0]).toMatchObject({ text: expect.stringContaining("running with cell ID") });
  });
});

test("--verbose shows each program, each call and how long they took", async () => {
  const client = await connect("legacy", "Ann");
  await exec(client, `const greeting = "for the record";\n${ask};\nthrow new Error("at last");`);
  // Its program has these words too, without the colon.
  await gateway.watch.seen("Error: at last");
  const lines = gateway.watch.lines.join("\n");
  const from = lines.slice(lines.lastIndexOf('│ const greeting = "for the record";') - 30);
  expect(from).toMatch(/▶ client \d+ exec\n {2}│ const greeting = "for the record";\n {2}│ text\(/);
  expect(from).toMatch(/→ client \d+ cell 1 #1-1 mcp__one__ask \{\}\n/);
  expect(from).toMatch(/✓ client \d+ cell 1 #1-1 mcp__one__ask \d+ ms\n/);
  expect(from).toMatch(/■ client \d+ cell 1 failed \d+ ms, 1 tool call, .* cpu Error: at last/);
});
