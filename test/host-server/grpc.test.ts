import type { ServiceError } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { vendored } from "../../src/base/vendored.js";
import {
  callGrpc as call,
  type GrpcMessage as Message,
  type GrpcStream as Stream,
} from "../support/grpc-client.js";
import {
  echoTool,
  executeGrpc,
  newGrpcClient,
  openGrpcSession,
  openSessionOf,
  textsOf,
} from "../support/grpc-session.js";

const { grpc } = vendored("grpc");

test("a program calls a tool of the client, and gets its answer or its error", async () => {
  const { client, sessionId } = await openGrpcSession();
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
    { sessionId, executionId: "e", source, tools: [echoTool] },
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
  const { client, sessionId } = await openGrpcSession();
  expect(
    await executeGrpc(client, { sessionId, executionId: "e", source: "await tools.echo()" }),
  ).toMatchObject({
    completed: { errorText: "no code-mode tool subscription matches the requested tool" },
  });
});

test("a stream that ends leaves its open calls an error, and the session goes on", async () => {
  const { client, sessionId } = await openGrpcSession();
  const subscription = client["SubscribeToToolCalls"]?.({ sessionId }) as Stream;
  subscription.on("error", () => {});
  subscription.on("data", () => subscription.cancel());
  await new Promise((resolve) => subscription.once("metadata", resolve));
  const outcome = await executeGrpc(client, {
    sessionId,
    executionId: "e",
    source: "await tools.echo()",
  });
  expect(outcome).toMatchObject({
    completed: { errorText: "the client has stopped to take calls of this tool" },
  });
  expect(
    textsOf(await executeGrpc(client, { sessionId, executionId: "f", source: "text(1)" })),
  ).toEqual(["1"]);
});

test("a notification does not hold the end of its cell up", async () => {
  const { client, sessionId, events, stream } = await openGrpcSession();
  await executeGrpc(client, { sessionId, executionId: "e", source: 'notify("a")' });
  while (events.length < 3) await new Promise((resolve) => stream.once("data", resolve));
  expect(events).toMatchObject([
    { opened: { catalogRevisions: 1 } },
    { notification: { executionId: "e", cellId: "1", toolCallId: "call", text: "a" } },
    { cellClosed: { executionId: "e", cellId: "1" } },
  ]);
});

test("a list of tools is named by its revision after the first time", async () => {
  const { client, sessionId } = await openGrpcSession();
  const keys = async (executionId: string, message: Message) =>
    textsOf(
      await executeGrpc(client, {
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
    keys("d", { catalogRevision: 4, tools: [{ ...echoTool, name: "b" }] }),
  ).rejects.toMatchObject({ code: 9 });
  expect(await keys("e", { tools: [] })).toEqual(["[]"]);
  expect(await keys("f", { catalogRevision: 4, tools: [] })).toEqual(['["echo"]']);
});

test("the host cuts output where it is asked to, and shows the error in it", async () => {
  const { client, sessionId } = await openGrpcSession({ outputTruncation: 2 });
  const source = 'text("a".repeat(100)); throw new Error("boo")';
  const outcome = await executeGrpc(client, {
    sessionId,
    executionId: "e",
    source,
    maxOutputTokens: 5,
  });
  expect(textsOf(outcome)).toEqual([expect.stringMatching(/^Warning: truncated output.*…/s)]);
  expect(outcome).toMatchObject({ completed: { errorText: expect.stringMatching(/^Error: boo/) } });
});

test("a client that drops an Execute ends its cell; one that drops a Wait does not", async () => {
  const { client, sessionId, events, stream } = await openGrpcSession();
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
  await executeGrpc(client, { sessionId, executionId: "f", source: "for (;;) {}", yieldTimeMs: 0 });
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

test("a client that leaves ends its session and nobody else's", async () => {
  const { client, port, sessionId } = await openGrpcSession();
  const other = newGrpcClient(port);
  const second = await openSessionOf(other, {});
  await executeGrpc(other, {
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
    textsOf(await executeGrpc(client, { sessionId, executionId: "e", source: "text(1)" })),
  ).toEqual(["1"]);
});
