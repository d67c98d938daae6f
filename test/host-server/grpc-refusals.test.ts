import { connect } from "node:http2";
import { createConnection } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  callGrpc as call,
  type GrpcMessage as Message,
  requestUnread,
  type GrpcStream as Stream,
} from "../support/grpc-client.js";
import {
  echoTool,
  executeGrpc,
  openGrpcSession,
  openSessionOf,
  textsOf,
} from "../support/grpc-session.js";

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
    const { client, sessionId } = await openGrpcSession();
    await expect(call(client, method, { sessionId, ...message })).rejects.toMatchObject({
      code,
      details: expect.stringContaining(details),
    });
  });

  test.each<readonly [Message, number, string]>([
    [{ executionId: "" }, 3, "code-mode execution ID must not be empty"],
    [{ tools: [{ ...echoTool, kind: 0 }] }, 3, "tool definition has an invalid kind"],
    [{ tools: [{ ...echoTool, toolName: undefined }] }, 3, "tool definition has no tool name"],
    [{ catalogRevision: 0 }, 9, "invalid code-mode catalog revision"],
    [{ tools: [{ ...echoTool, name: "" }] }, 3, expect.stringContaining("name")],
  ])("Execute %j", async (message, code, details) => {
    const { client, sessionId } = await openGrpcSession();
    await expect(
      executeGrpc(client, { sessionId, executionId: "e", source: "", ...message }),
    ).rejects.toMatchObject({ code, details });
  });

  test.each<readonly [Message, string]>([
    [{ capacity: 0 }, "callback capacity must be positive"],
    [{ outputTruncation: 9 }, "unknown code-mode output truncation mode"],
  ])("OpenSession %j", async (message, details) => {
    await expect(openGrpcSession(message)).rejects.toMatchObject({ code: 3, details });
  });

  test("except for a heap larger than any, which is as large as one can be", async () => {
    const { client, sessionId } = await openGrpcSession({ limits: { maxHeapSizeBytes: 2 ** 41 } });
    const outcome = await executeGrpc(client, { sessionId, executionId: "e", source: "text(1)" });
    expect(textsOf(outcome)).toEqual(["1"]);
  });

  test("an id of what still runs, which goes on", async () => {
    const { client, sessionId } = await openGrpcSession();
    const calls = client["SubscribeToToolCalls"]?.({ sessionId }) as Stream;
    calls.on("error", () => {});
    const called = new Promise<Message>((resolve) => calls.once("data", resolve));
    await new Promise((resolve) => calls.once("metadata", resolve));
    const source = "text(await tools.echo())";
    const outcome = executeGrpc(client, { sessionId, executionId: "e", source });
    const { invocationId } = await called;
    for (let i = 0; i < 2; i++)
      await expect(
        executeGrpc(client, { sessionId, executionId: "e", source: "" }),
      ).rejects.toMatchObject({ code: 6 });
    const result = { outputJson: '"answered"' };
    await call(client, "CompleteToolCall", { sessionId, invocationId, result });
    expect(textsOf(await outcome)).toEqual(["answered"]);
  });

  test("ids that are used again, and a second observer", async () => {
    const { client, sessionId } = await openGrpcSession();
    await executeGrpc(client, {
      sessionId,
      executionId: "e",
      source: "for (;;) {}",
      yieldTimeMs: 0,
    });
    await expect(
      executeGrpc(client, { sessionId, executionId: "e", source: "" }),
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
    const { client, port, sessionId } = await openGrpcSession();
    const socket = createConnection(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    socket.write(Buffer.from(bytes, "latin1"));
    socket.end();
    await new Promise((resolve) => socket.once("close", resolve).resume());
    expect(
      textsOf(await executeGrpc(client, { sessionId, executionId: "e", source: "text(1)" })),
    ).toEqual(["1"]);
  });

  test("a message of more than 64 MiB is an error of its request", async () => {
    const { client, sessionId } = await openGrpcSession();
    const source = "/".repeat(65 * 2 ** 20);
    await expect(
      executeGrpc(client, { sessionId, executionId: "e", source }),
    ).rejects.toMatchObject({
      code: 8,
    });
    expect(
      textsOf(await executeGrpc(client, { sessionId, executionId: "f", source: "text(1)" })),
    ).toEqual(["1"]);
  });
});

test.each([
  ["the session's events", 'for (;;) { notify("x".repeat(2 ** 20)); await sleep(1); }'],
  ["its calls of tools", 'for (;;) { void tools.echo("x".repeat(2 ** 20)); await sleep(1); }'],
])(
  "a client that never reads %s loses the session before the host loses its memory",
  async (_name, body) => {
    const { client, sessionId, stream } = await openGrpcSession(
      {},
      { maxBacklogBytes: 4 * 2 ** 20 },
    );
    const calls = client["SubscribeToToolCalls"]?.({ sessionId }) as Stream;
    calls.on("error", () => {});
    await new Promise((resolve) => calls.once("metadata", resolve));
    const source = `const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms)); ${body}`;
    const error = new Promise((resolve) => stream.once("error", resolve));
    stream.pause();
    await expect(
      executeGrpc(client, { sessionId, executionId: "e", source }),
    ).resolves.toMatchObject({
      terminated: {},
    });
    stream.resume();
    expect(await error).toMatchObject({
      code: 8,
      details: "the client does not read what it is sent",
    });
  },
);

test("a client that never reads its answers loses the session, and then the connection on which they wait", async () => {
  const { client, port, sessionId, stream } = await openGrpcSession(
    {},
    { maxBacklogBytes: 4 * 2 ** 20 },
  );
  const error = new Promise((resolve) => stream.once("error", resolve));
  const deaf = connect(`http://127.0.0.1:${port}`);
  const closed = new Promise((resolve) => deaf.once("close", resolve));
  const source = 'text("x".repeat(2 ** 20))';
  for (let i = 0; i < 8; i++) {
    requestUnread(deaf, client, "Execute", { sessionId, executionId: `e${i}`, source });
  }
  expect(await error).toMatchObject({
    code: 8,
    details: "the client does not read what it is sent",
  });
  await closed;
  // Its other connection reads.
  const { sessionId: next } = await openSessionOf(client, {});
  expect(
    textsOf(await executeGrpc(client, { sessionId: next, executionId: "e", source: "text(1)" })),
  ).toEqual(["1"]);
});

test("answers that a client no longer wants do not count as unread", async () => {
  const { client, sessionId, stream } = await openGrpcSession({}, { maxBacklogBytes: 4 * 2 ** 20 });
  const closed = new Map<unknown, () => void>();
  stream.on("data", ({ cellClosed }: Message) => {
    closed.get((cellClosed as Message | undefined)?.["executionId"])?.();
  });
  for (let i = 0; i < 8; i++) {
    const executionId = `e${i}`;
    const ended = new Promise<void>((resolve) => closed.set(executionId, resolve));
    const source = 'text("x".repeat(2 ** 20))';
    const answer = client["Execute"]?.({ sessionId, executionId, source }) as Stream;
    const cancelled = new Promise((resolve) => answer.once("error", resolve));
    answer.pause();
    await ended;
    answer.cancel();
    await cancelled;
  }
  expect(
    textsOf(await executeGrpc(client, { sessionId, executionId: "f", source: "text(1)" })),
  ).toEqual(["1"]);
});
