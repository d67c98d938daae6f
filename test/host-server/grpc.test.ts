import { createConnection } from "node:net";
import type { ServiceError } from "@grpc/grpc-js";
import { afterEach, describe, expect, test } from "vitest";
import { vendored } from "../../src/base/vendored.js";
import { GrpcServer } from "../../src/host-server/grpc/grpc-server.js";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import {
  callGrpc as call,
  connectGrpc,
  type GrpcClient,
  type GrpcMessage as Message,
  type GrpcStream as Stream,
} from "../support/grpc-client.js";

const { grpc } = vendored("grpc");
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A host with a client, whose open session takes calls of the tool `echo`. */
async function openSession(
  message: Message = {},
  options: { readonly maxBacklogBytes?: number } = {},
) {
  const codeMode: CodeMode = createCodeMode();
  const server = new GrpcServer(codeMode, options);
  const port = await server.listen("127.0.0.1:0");
  closing.push(
    () => codeMode.close(),
    () => server.close(),
  );
  const client = connect(port);
  const session = await open(client, message);
  return { client, port, server, ...session };
}

function connect(port: number): GrpcClient {
  const client = connectGrpc(port);
  closing.push(() => client.close());
  return client;
}

async function open(client: GrpcClient, message: Message) {
  const events: Message[] = [];
  const stream = client["OpenSession"]?.(message) as Stream;
  stream.on("error", () => {});
  const sessionId = await new Promise<string>((resolve, reject) => {
    stream.on("error", reject);
    stream.on("data", (event: Message) => {
      events.push(event);
      const opened = event["opened"] as Message | undefined;
      if (opened !== undefined) resolve(String(opened["sessionId"]));
    });
  });
  return { sessionId, events, stream };
}

const echo = { name: "echo", toolName: { name: "echo" }, description: "", kind: 1 };

/** Runs a program; resolves with the outcome. */
function execute(client: GrpcClient, message: Message): Promise<Message> {
  const stream = client["Execute"]?.({
    yieldTimeMs: 60_000,
    toolCallId: "call",
    tools: [echo],
    ...message,
  }) as Stream;
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("data", (event: Message) => {
      if (event["outcome"] !== undefined) resolve(event["outcome"] as Message);
    });
  });
}

const textsOf = (outcome: Message): readonly unknown[] =>
  ((outcome["items"] ?? []) as readonly Message[]).map((item) => (item["text"] as Message)["text"]);

test("a program calls a tool of the client, and gets its answer or its error", async () => {
  const { client, sessionId } = await openSession();
  const calls: Message[] = [];
  const subscription = client["SubscribeToToolCalls"]?.({
    sessionId,
    toolNames: [{ name: "echo" }],
  }) as Stream;
  subscription.on("error", () => {});
  subscription.on("data", (one: Message) => {
    calls.push(one);
    const { invocationId, inputJson } = one;
    const answer =
      inputJson === '"fail"'
        ? { failure: { message: "no" } }
        : { result: { outputJson: inputJson } };
    void call(client, "CompleteToolCall", { sessionId, invocationId, ...answer });
  });
  await new Promise((resolve) => subscription.once("metadata", resolve));
  const source = 'text(await tools.echo({ a: 1 })); await tools.echo("fail")';
  const metadata = new grpc.Metadata();
  metadata.set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  const stream = client["Execute"]?.(
    { sessionId, executionId: "e", source, tools: [echo] },
    metadata,
  ) as Stream;
  const outcome = await new Promise<Message>((resolve) => {
    stream.on("data", (event: Message) => event["outcome"] && resolve(event["outcome"] as Message));
  });
  expect(outcome).toMatchObject({ cellId: "1", completed: { errorText: "no" } });
  expect(textsOf(outcome)).toEqual(['{"a":1}']);
  expect(calls[0]).toMatchObject({
    executionId: "e",
    cellId: "1",
    runtimeToolCallId: "tool-1",
    toolName: { name: "echo" },
    kind: 1,
    inputJson: '{"a":1}',
    sequence: 1,
    traceparent: metadata.get("traceparent")[0],
  });
});

test("a call that no stream takes is an error of the program", async () => {
  const { client, sessionId } = await openSession();
  expect(
    await execute(client, { sessionId, executionId: "e", source: "await tools.echo()" }),
  ).toMatchObject({
    completed: { errorText: "no code-mode tool subscription matches the requested tool" },
  });
});

test("a stream that ends leaves its open calls an error, and the session goes on", async () => {
  const { client, sessionId } = await openSession();
  const subscription = client["SubscribeToToolCalls"]?.({ sessionId }) as Stream;
  subscription.on("error", () => {});
  subscription.on("data", () => subscription.cancel());
  await new Promise((resolve) => subscription.once("metadata", resolve));
  const outcome = await execute(client, {
    sessionId,
    executionId: "e",
    source: "await tools.echo()",
  });
  expect(outcome).toMatchObject({
    completed: { errorText: "the client has stopped to take calls of this tool" },
  });
  expect(
    textsOf(await execute(client, { sessionId, executionId: "f", source: "text(1)" })),
  ).toEqual(["1"]);
});

test("a notification does not hold the end of its cell up", async () => {
  const { client, sessionId, events, stream } = await openSession();
  await execute(client, { sessionId, executionId: "e", source: 'notify("a")' });
  while (events.length < 3) await new Promise((resolve) => stream.once("data", resolve));
  expect(events).toMatchObject([
    { opened: { catalogRevisions: 1 } },
    { notification: { executionId: "e", cellId: "1", toolCallId: "call", text: "a" } },
    { cellClosed: { executionId: "e", cellId: "1" } },
  ]);
});

test("a list of tools is named by its revision after the first time", async () => {
  const { client, sessionId } = await openSession();
  const keys = async (executionId: string, message: Message) =>
    textsOf(
      await execute(client, {
        sessionId,
        executionId,
        source: "text(Object.keys(tools))",
        ...message,
      }),
    );
  expect(await keys("a", { catalogRevision: 4 })).toEqual(['["echo"]']);
  expect(await keys("b", { catalogRevision: 4, tools: [] })).toEqual(['["echo"]']);
  await expect(keys("c", { catalogRevision: 5, tools: [] })).rejects.toMatchObject({ code: 9 });
  await expect(
    keys("d", { catalogRevision: 4, tools: [{ ...echo, name: "b" }] }),
  ).rejects.toMatchObject({ code: 9 });
  expect(await keys("e", { tools: [] })).toEqual(["[]"]);
  expect(await keys("f", { catalogRevision: 4, tools: [] })).toEqual(['["echo"]']);
});

test("the host cuts output where it is asked to, and shows the error in it", async () => {
  const { client, sessionId } = await openSession({ outputTruncation: 2 });
  const source = 'text("a".repeat(100)); throw new Error("boo")';
  const outcome = await execute(client, {
    sessionId,
    executionId: "e",
    source,
    maxOutputTokens: 5,
  });
  expect(textsOf(outcome)).toEqual([expect.stringMatching(/^Warning: truncated output.*…/s)]);
  expect(outcome).toMatchObject({ completed: { errorText: expect.stringMatching(/^Error: boo/) } });
});

test("a client that drops an Execute ends its cell; one that drops a Wait does not", async () => {
  const { client, sessionId, events, stream } = await openSession();
  const spin = client["Execute"]?.({
    sessionId,
    executionId: "e",
    source: "for (;;) {}",
    yieldTimeMs: 60_000,
  }) as Stream;
  spin.on("error", () => {});
  await new Promise((resolve) => spin.once("data", resolve));
  spin.cancel();
  while (!events.some((event) => event["cellClosed"] !== undefined))
    await new Promise((resolve) => stream.once("data", resolve));
  await execute(client, { sessionId, executionId: "f", source: "for (;;) {}", yieldTimeMs: 0 });
  const wait = client["Wait"]?.(
    { sessionId, cellId: "2", waitId: "w", yieldTimeMs: 60_000 },
    () => {},
  ) as Stream;
  // The host knows of the wait.
  await expect(
    call(client, "Wait", { sessionId, cellId: "2", waitId: "v", yieldTimeMs: 0 }),
  ).rejects.toMatchObject({ code: 9 });
  wait.cancel();
  const missing = await call(client, "Terminate", { sessionId, cellId: "1" });
  expect(missing).toMatchObject({ missing: { completed: { errorText: "exec cell 1 not found" } } });
  expect(await call(client, "Terminate", { sessionId, cellId: "2" })).toMatchObject({
    live: { terminated: {} },
  });
});

describe("a wrong request has the status of the reference", () => {
  const unknown = "0190c2a0-0000-7000-8000-000000000002";
  test.each<readonly [string, Message, number, string]>([
    ["Wait", { sessionId: "x", waitId: "w" }, 3, "code-mode session ID must be a UUID"],
    ["Wait", { sessionId: unknown, waitId: "w" }, 5, `unknown code-mode session ${unknown}`],
    ["Wait", { waitId: "" }, 3, "code-mode wait ID must not be empty"],
    ["Wait", { waitId: "w".repeat(257) }, 3, "256 characters at most"],
    ["YieldObservation", {}, 3, "missing code-mode observation ID"],
    ["CompleteToolCall", { invocationId: "x" }, 3, "code-mode tool invocation ID must be a UUID"],
    [
      "CompleteToolCall",
      { invocationId: unknown, result: { outputJson: "1" } },
      5,
      "unknown code-mode tool invocation",
    ],
    [
      "CompleteToolCall",
      { invocationId: unknown, result: { outputJson: "{" } },
      3,
      "invalid code-mode tool output JSON",
    ],
    ["CompleteToolCall", { invocationId: unknown }, 3, "missing code-mode tool outcome"],
    [
      "AcknowledgeNotification",
      { notificationId: "x" },
      3,
      "code-mode notification ID must be a UUID",
    ],
    ["GetProcessMetrics", {}, 12, "process metrics are unsupported"],
    ["CloseSession", { sessionId: unknown }, 5, "unknown code-mode session"],
  ])("%s %j", async (method, message, code, details) => {
    const { client, sessionId } = await openSession();
    await expect(call(client, method, { sessionId, ...message })).rejects.toMatchObject({
      code,
      details: expect.stringContaining(details),
    });
  });

  test.each<readonly [Message, number, string]>([
    [{ executionId: "" }, 3, "code-mode execution ID must not be empty"],
    [{ tools: [{ ...echo, kind: 0 }] }, 3, "tool definition has an invalid kind"],
    [{ tools: [{ ...echo, toolName: undefined }] }, 3, "tool definition has no tool name"],
    [{ catalogRevision: 0 }, 9, "invalid code-mode catalog revision"],
    [{ tools: [{ ...echo, name: "" }] }, 3, expect.stringContaining("name")],
  ])("Execute %j", async (message, code, details) => {
    const { client, sessionId } = await openSession();
    await expect(
      execute(client, { sessionId, executionId: "e", source: "", ...message }),
    ).rejects.toMatchObject({ code, details });
  });

  test.each<readonly [Message, string]>([
    [{ capacity: 0 }, "callback capacity must be positive"],
    [{ outputTruncation: 9 }, "unknown code-mode output truncation mode"],
  ])("OpenSession %j", async (message, details) => {
    await expect(openSession(message)).rejects.toMatchObject({ code: 3, details });
  });

  test("except for a heap larger than any, which is as large as one can be", async () => {
    const { client, sessionId } = await openSession({ limits: { maxHeapSizeBytes: 2 ** 41 } });
    const outcome = await execute(client, { sessionId, executionId: "e", source: "text(1)" });
    expect(textsOf(outcome)).toEqual(["1"]);
  });

  test("an id of what still runs, which goes on", async () => {
    const { client, sessionId } = await openSession();
    const calls = client["SubscribeToToolCalls"]?.({ sessionId }) as Stream;
    calls.on("error", () => {});
    const called = new Promise<Message>((resolve) => calls.once("data", resolve));
    await new Promise((resolve) => calls.once("metadata", resolve));
    const source = "text(await tools.echo())";
    const outcome = execute(client, { sessionId, executionId: "e", source });
    const { invocationId } = await called;
    for (let i = 0; i < 2; i++)
      await expect(
        execute(client, { sessionId, executionId: "e", source: "" }),
      ).rejects.toMatchObject({ code: 6 });
    const result = { outputJson: '"answered"' };
    await call(client, "CompleteToolCall", { sessionId, invocationId, result });
    expect(textsOf(await outcome)).toEqual(["answered"]);
  });

  test("ids that are used again, and a second observer", async () => {
    const { client, sessionId } = await openSession();
    await execute(client, { sessionId, executionId: "e", source: "for (;;) {}", yieldTimeMs: 0 });
    await expect(
      execute(client, { sessionId, executionId: "e", source: "" }),
    ).rejects.toMatchObject({ code: 6 });
    const cancelled = expect(
      call(client, "Wait", { sessionId, cellId: "1", waitId: "a", yieldTimeMs: 60_000 }),
    ).rejects.toMatchObject({
      code: 1,
      details: "code-mode wait was cancelled",
    });
    await expect(
      call(client, "Wait", { sessionId, cellId: "1", waitId: "b", yieldTimeMs: 60_000 }),
    ).rejects.toMatchObject({ code: 9, details: "exec cell 1 already has an active observer" });
    await call(client, "CancelWait", { sessionId, waitId: "a" });
    await cancelled;
  });
});

describe("what is no gRPC", () => {
  test.each([
    ["HTTP/1.1", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["noise", "\u0000\u0001\u0002".repeat(1000)],
    ["a preface and noise", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"\u00ff".repeat(1000)}`],
  ])("ends its own connection at most: %s", async (_name, bytes) => {
    const { client, port, sessionId } = await openSession();
    const socket = createConnection(port, "127.0.0.1");
    closing.push(() => socket.destroy());
    socket.on("error", () => {});
    socket.write(Buffer.from(bytes, "latin1"));
    socket.end();
    await new Promise((resolve) => socket.once("close", resolve).resume());
    expect(
      textsOf(await execute(client, { sessionId, executionId: "e", source: "text(1)" })),
    ).toEqual(["1"]);
  });

  test("a message of more than 64 MiB is an error of its request", async () => {
    const { client, sessionId } = await openSession();
    const source = "/".repeat(65 * 2 ** 20);
    await expect(execute(client, { sessionId, executionId: "e", source })).rejects.toMatchObject({
      code: 8,
    });
    expect(
      textsOf(await execute(client, { sessionId, executionId: "f", source: "text(1)" })),
    ).toEqual(["1"]);
  });
});

test("a client that leaves ends its session and nobody else's", async () => {
  const { client, port, sessionId } = await openSession();
  const other = connect(port);
  const second = await open(other, {});
  await execute(other, {
    sessionId: second.sessionId,
    executionId: "e",
    source: "for (;;) {}",
    yieldTimeMs: 0,
  });
  second.stream.cancel();
  for (;;) {
    const found = await call(client, "Wait", {
      sessionId: second.sessionId,
      cellId: "1",
      waitId: String(Math.random()),
      yieldTimeMs: 0,
    }).catch((error: ServiceError) => error.code);
    if (found === 5) break;
  }
  expect(
    textsOf(await execute(client, { sessionId, executionId: "e", source: "text(1)" })),
  ).toEqual(["1"]);
});

test.each([
  ["the session's events", 'for (;;) { notify("x".repeat(2 ** 20)); await sleep(1); }'],
  ["its calls of tools", 'for (;;) { void tools.echo("x".repeat(2 ** 20)); await sleep(1); }'],
])(
  "a client that never reads %s loses the session before the host loses its memory",
  async (_name, body) => {
    const { client, sessionId, stream } = await openSession({}, { maxBacklogBytes: 4 * 2 ** 20 });
    const calls = client["SubscribeToToolCalls"]?.({ sessionId }) as Stream;
    calls.on("error", () => {});
    await new Promise((resolve) => calls.once("metadata", resolve));
    const source = `const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms)); ${body}`;
    stream.pause();
    await expect(execute(client, { sessionId, executionId: "e", source })).resolves.toMatchObject({
      terminated: {},
    });
    const error = new Promise((resolve) => stream.once("error", resolve));
    stream.resume();
    expect(await error).toMatchObject({
      code: 8,
      details: "the client does not read what it is sent",
    });
  },
);
