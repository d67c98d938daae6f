import { PassThrough } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { FramedConnection } from "../../src/host-server/framed/framed-connection.js";
import { createCodeMode } from "../../src/index.js";
import { FramedClient } from "../support/framed-client.js";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});

/** A client of a connection of its own. */
function connect(options: { readonly maxBacklogBytes?: number } = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  const problems: string[] = [];
  const codeMode = createCodeMode();
  const connection = new FramedConnection({
    codeMode,
    input,
    output,
    onProblem: (message) => problems.push(message),
    ...options,
  });
  open.push(connection, codeMode);
  return { client: new FramedClient({ input, output }), connection, output, problems };
}

/** A client with the open session `s`. */
async function connectToSession(options: { readonly maxBacklogBytes?: number } = {}) {
  const connected = connect(options);
  const { client } = connected;
  client.greet();
  await client.answer(client.request({ method: "session/open", sessionId: "s" }));
  return connected;
}

const toExecute = (source: string, fields: object = {}) => ({
  method: "session/execute",
  sessionId: "s",
  request: {
    tool_call_id: "call",
    enabled_tools: [],
    source,
    yield_time_ms: 60_000,
    ...fields,
  },
});

const execute = (client: FramedClient, source: string, fields: object = {}): number =>
  client.request(toExecute(source, fields));

const first = (client: FramedClient, id: number) => client.answer(id, "execute/initialResponse");

/** The session still runs programs. */
async function expectToRun(client: FramedClient): Promise<void> {
  expect(await first(client, execute(client, 'text("fine")'))).toMatchObject({
    Result: { content_items: [{ type: "input_text", text: "fine" }], error_text: null },
  });
}

describe("a hello", () => {
  const rejectedFor = async (message: object): Promise<unknown> => {
    const { client, connection } = connect();
    client.send(message);
    const { reason } = await client.frame(({ type }) => type === "connection/rejected");
    await connection.closed;
    return reason;
  };
  const hello = {
    type: "connection/hello",
    supportedVersions: [1],
    requiredCapabilities: [],
    optionalCapabilities: ["yield-observation", "unheard-of"],
  };

  test("is answered with the version, and with the optional capabilities that the host has", async () => {
    const { client } = connect();
    client.send({ ...hello, supportedVersions: [3, 1] });
    expect(await client.frame(() => true)).toEqual({
      type: "connection/ready",
      selectedVersion: 1,
      capabilities: ["yield-observation"],
    });
  });

  test.each([
    [
      { ...hello, supportedVersions: [2] },
      { type: "noCompatibleVersion", supportedVersions: [1] },
    ],
    [
      { ...hello, requiredCapabilities: ["x"] },
      { type: "missingRequiredCapability", capability: "x" },
    ],
    [
      { type: "operation/cancel", id: 1 },
      { type: "invalidHello", message: "first message must be connection/hello" },
    ],
    [
      { ...hello, more: 1 },
      { type: "invalidHello", message: expect.stringContaining('unknown field "more"') },
    ],
  ])("that is wrong is rejected, and the connection ends: %j", async (message, reason) => {
    expect(await rejectedFor(message)).toEqual(reason);
  });

  test("that comes again changes nothing", async () => {
    const { client, problems } = await connectToSession();
    client.greet();
    await expectToRun(client);
    expect(problems).toEqual(["a message was skipped: received a second code-mode client hello"]);
  });
});

describe("a wrong message", () => {
  test.each<readonly [object, string]>([
    [{ method: "session/dance" }, 'unknown method "session/dance"'],
    [{ method: "session/open", sessionId: "t", extra: 1 }, 'unknown field "extra"'],
    [{ method: "session/open", sessionId: 7 }, "request.sessionId must be a string"],
    [{ method: "session/open", sessionId: "" }, "1 to 256 characters"],
    [{ method: "session/open", sessionId: "s" }, "code-mode session ID `s` is already open"],
    [
      { method: "session/wait", sessionId: "no", request: { cell_id: "1", yield_time_ms: 1 } },
      "unknown code-mode session no",
    ],
    [
      { method: "session/wait", sessionId: "s", request: { cell_id: "1", yield_time_ms: -1 } },
      "yield_time_ms must be a whole number",
    ],
    [toExecute("", { enabled_tools: {} }), "enabled_tools must be an array"],
    [
      toExecute("", {
        enabled_tools: [{ name: "a", tool_name: { name: "a" }, description: "", kind: "odd" }],
      }),
      "one of function, freeform",
    ],
    [toExecute("", { catalog_revision: 0 }), "invalid code-mode catalog revision"],
    [toExecute("", { catalog_revision: 9 }), "unknown code-mode catalog revision"],
  ])("is an error of its request, and the session goes on: %#", async (request, message) => {
    const { client } = await connectToSession();
    await expect(client.answer(client.request(request))).rejects.toThrow(message);
    await expectToRun(client);
  });

  test.each<readonly [string, (client: FramedClient) => void]>([
    ["no JSON", (client) => client.sendBytes(3, Buffer.from("{{{"))],
    ["an empty frame", (client) => client.sendBytes(0, Buffer.alloc(0))],
    ["null", (client) => client.send(JSON.parse('{"type":null}'))],
    ["an unknown type", (client) => client.send({ type: "delegate/dance" })],
    [
      "an answer that nobody waits for",
      (client) =>
        client.send({
          type: "delegate/response",
          id: 99,
          result: { status: "error", message: "late" },
        }),
    ],
    ["a yield of nothing", (client) => client.send({ type: "operation/yield", id: 99 })],
    ["a cancellation of nothing", (client) => client.send({ type: "operation/cancel", id: 99 })],
    ["a frame of 65 MiB", (client) => client.sendBytes(65 * 2 ** 20, Buffer.alloc(65 * 2 ** 20))],
  ])("that has no request ends no session: %s", async (_name, send) => {
    const { client } = await connectToSession();
    send(client);
    await expectToRun(client);
  });
});

test("frames come in pieces of any size", async () => {
  const { client } = connect();
  const bytes: Buffer[] = [];
  const pieces = new PassThrough();
  const writer = new FramedClient({ input: pieces, output: new PassThrough() });
  pieces.on("data", (chunk: Buffer) => bytes.push(chunk));
  writer.greet();
  writer.request({ method: "session/open", sessionId: "é" });
  await new Promise((resolve) => setImmediate(resolve));
  for (const byte of Buffer.concat(bytes)) client.sendRaw(Buffer.of(byte));
  expect(await client.answer(1)).toEqual({ type: "session/ready", sessionId: "é" });
});

test("a yield ends an Execute and a Wait, and the cell goes on", async () => {
  const { client } = await connectToSession();
  const id = execute(client, 'text("a"); await new Promise((go) => setTimeout(go, 1e8))');
  await client.started(id);
  client.send({ type: "operation/yield", id });
  expect(await first(client, id)).toMatchObject({ Yielded: { cell_id: "1" } });
  const wait = client.request({
    method: "session/wait",
    sessionId: "s",
    request: { cell_id: "1", yield_time_ms: 60_000 },
  });
  client.send({ type: "operation/yield", id: wait });
  expect(await client.answer(wait)).toMatchObject({ outcome: { LiveCell: { Yielded: {} } } });
});

test("a tool that is not there reads as absent but for ===, and a call of it names the nearest", async () => {
  const { client } = await connectToSession();
  const tool = { name: "read", tool_name: { name: "read" }, description: "", kind: "function" };
  const source = `const { red } = tools;
    text([typeof red, red == null, !red, "red" in tools, red === undefined, (red ?? 1) === 1]);
    try { red?.() } catch (error) { text(error.message) }`;
  expect(await first(client, execute(client, source, { enabled_tools: [tool] }))).toMatchObject({
    Result: {
      content_items: [
        { text: '["undefined",true,true,false,false,false]' },
        { text: "tools.red is not a tool of this cell. Did you mean tools.read?" },
      ],
    },
  });
});

test("a cancelled Wait is an error, and the cell goes on", async () => {
  const { client } = await connectToSession();
  const id = execute(client, "await new Promise((go) => setTimeout(go, 1e8))", {
    yield_time_ms: 0,
  });
  await first(client, id);
  const request = {
    method: "session/wait",
    sessionId: "s",
    request: { cell_id: "1", yield_time_ms: 60_000 },
  };
  const wait = client.request(request);
  await expect(client.answer(client.request(request))).rejects.toThrow(
    "exec cell 1 already has an active observer",
  );
  client.send({ type: "operation/cancel", id: wait });
  await expect(client.answer(wait)).rejects.toThrow("code-mode request cancelled");
  const end = client.request({ method: "session/terminate", sessionId: "s", cellId: "1" });
  expect(await client.answer(end)).toMatchObject({ outcome: { LiveCell: { Terminated: {} } } });
});

test("the end of a cell cancels the calls and notifications that it no longer waits for", async () => {
  const { client } = await connectToSession();
  client.delegates.set("s", () => new Promise(() => {}));
  const tool = { name: "hang", tool_name: { name: "hang" }, description: "", kind: "function" };
  execute(client, 'notify("a"); await tools.hang()', { enabled_tools: [tool] });
  await client.frame((frame) => frame.type === "delegate/request" && frame["id"] === 2);
  const end = client.request({ method: "session/terminate", sessionId: "s", cellId: "1" });
  await client.answer(end);
  expect([...client.cancelled].sort()).toEqual([1, 2]);
});

test("a cell may have many open notifications, of which Node does not warn", async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on("warning", note);
  const { client } = await connectToSession();
  client.delegates.set("s", () => new Promise(() => {}));
  execute(
    client,
    'for (let i = 0; i < 20; i++) notify("n"); await new Promise(() => setTimeout(() => {}, 1e8))',
  );
  await client.frame((frame) => frame.type === "delegate/request" && frame["id"] === 20);
  const end = client.request({ method: "session/terminate", sessionId: "s", cellId: "1" });
  await client.answer(end);
  process.off("warning", note);
  expect(client.cancelled).toHaveLength(20);
  expect(warnings).toEqual([]);
});

test("a client that leaves ends its sessions, and its programs get an error", async () => {
  const { client, connection } = await connectToSession();
  await client.started(execute(client, "for (;;) {}"));
  client.end();
  await connection.closed;
});

test("a client that never reads loses its connection before the host loses its memory", async () => {
  const { client, connection, output, problems } = await connectToSession({
    maxBacklogBytes: 2 ** 20,
  });
  output.removeAllListeners("data");
  output.pause();
  for (let i = 0; i < 3; i++) execute(client, 'text("x".repeat(2 ** 20))');
  await connection.closed;
  expect(problems).toEqual(["the client does not read what it is sent"]);
});
