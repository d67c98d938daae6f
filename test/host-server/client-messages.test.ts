import { describe, expect, test } from "vitest";
import { readClientMessage, requestIdOf } from "../../src/host-server/framed/client-messages.js";
import { HostError } from "../../src/host-server/host-error.js";

const read = (message: unknown): unknown => readClientMessage(message, "");
const request = (inner: unknown, more: object = {}): object => ({
  type: "operation/request",
  id: 1,
  request: inner,
  ...more,
});
const answer = (result: unknown): object => ({ type: "delegate/response", id: 1, result });
const value = (inner: unknown): object => answer({ status: "ok", value: inner });

const hello = {
  type: "connection/hello",
  supportedVersions: [1, 2],
  requiredCapabilities: ["a"],
  optionalCapabilities: [],
};
const open = { method: "session/open", sessionId: "s" };
const tool = {
  name: "read",
  tool_name: { name: "read", namespace: "files" },
  description: "Reads.",
  kind: "function",
  input_schema: { any: "thing" },
};
const inner = { tool_call_id: "c", enabled_tools: [tool], source: "1" };
const execute = { method: "session/execute", sessionId: "s", request: inner };
const wait = {
  method: "session/wait",
  sessionId: "s",
  request: { cell_id: "1", yield_time_ms: 0 },
};
const terminate = { method: "session/terminate", sessionId: "s", cellId: "1" };

describe("a message of a client is read", () => {
  test.each<readonly [string, unknown, object]>([
    ["hello", hello, { type: "hello", versions: [1, 2], required: ["a"], optional: [] }],
    ["cancel", { type: "operation/cancel", id: -1 }, { type: "cancel", id: -1 }],
    ["yield", { type: "operation/yield", id: 5 }, { type: "yield", id: 5 }],
    [
      "an error of a call",
      answer({ status: "error", message: "no" }),
      { type: "delegated", id: 1, answer: { message: "no" } },
    ],
    [
      "a result of a call",
      value({ type: "tool/result", result: { n: 1 } }),
      { type: "delegated", id: 1, answer: { result: { n: 1 } } },
    ],
    [
      "a result that is nothing",
      value({ type: "tool/result" }),
      { type: "delegated", id: 1, answer: { result: undefined } },
    ],
    [
      "a notification that was delivered",
      value({ type: "notification/delivered" }),
      { type: "delegated", id: 1, answer: { result: null } },
    ],
  ])("%s", (_what, message, expected) => {
    expect(read(message)).toEqual(expected);
  });

  test.each<readonly [string, object, object]>([
    [
      "to open a session",
      open,
      {
        method: "open",
        request: { id: "s", maxYieldAfterMs: undefined, heapBytes: undefined, truncates: false },
      },
    ],
    [
      "to open one with limits",
      {
        ...open,
        cellExecutionLimits: { maxYieldTimeMs: 5, maxHeapSizeBytes: 6 },
        outputTruncation: "server",
      },
      { method: "open", request: { id: "s", maxYieldAfterMs: 5, heapBytes: 6, truncates: true } },
    ],
    [
      "to open one with limits that are not set",
      {
        ...open,
        cellExecutionLimits: { maxYieldTimeMs: null },
        outputTruncation: "client",
      },
      { method: "open", request: { id: "s", truncates: false } },
    ],
    [
      "to open one without limits",
      { ...open, cellExecutionLimits: null, outputTruncation: null },
      { method: "open", request: { id: "s", truncates: false } },
    ],
    [
      "to execute",
      execute,
      {
        method: "execute",
        sessionId: "s",
        request: {
          executionId: "",
          toolCallId: "c",
          source: "1",
          tools: [
            {
              name: "read",
              toolName: { name: "read", namespace: "files" },
              description: "Reads.",
              kind: "function",
            },
          ],
        },
      },
    ],
    [
      "to execute, with all that can be said",
      {
        ...execute,
        request: {
          ...inner,
          enabled_tools: [{ ...tool, kind: "freeform", tool_name: { name: "read" } }],
          catalog_revision: 1,
          yield_time_ms: 2,
          max_output_tokens: 3,
        },
      },
      {
        method: "execute",
        request: {
          tools: [{ toolName: { name: "read" }, kind: "freeform" }],
          catalogRevision: 1,
          yieldAfterMs: 2,
          maxOutputTokens: 3,
        },
      },
    ],
    [
      "to wait",
      { ...wait, maxOutputTokens: 7 },
      {
        method: "wait",
        sessionId: "s",
        request: { cellId: "1", yieldAfterMs: 0, maxOutputTokens: 7 },
      },
    ],
    [
      "to terminate",
      { ...terminate, maxOutputTokens: 7 },
      { method: "terminate", sessionId: "s", cellId: "1", maxOutputTokens: 7 },
    ],
    [
      "to shut down",
      { method: "session/shutdown", sessionId: "s" },
      { method: "shutdown", sessionId: "s" },
    ],
  ])("a request %s", (_what, asked, expected) => {
    expect(read(request(asked))).toMatchObject({ type: "request", id: 1, request: expected });
  });
});

describe("a message of a client is refused, and the place of what is wrong is named", () => {
  const without = (from: object, key: string): object =>
    Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));

  test.each<readonly [unknown, string]>([
    [null, "the message must be an object"],
    ["hello", "the message must be an object"],
    [{}, "type must be a string, not undefined"],
    [[], "type must be a string, not undefined"],
    [{ type: 5 }, "type must be a string, not the number 5"],
    [{ type: "odd" }, 'there is no message of the type "odd"'],
    [{ ...hello, supportedVersions: 1 }, "supportedVersions must be an array, not the number 1"],
    [
      { ...hello, supportedVersions: [1, -1] },
      "supportedVersions[1] must be a whole number, not the number -1",
    ],
    [{ ...hello, supportedVersions: ["1"] }, "supportedVersions[0] must be a whole number"],
    [
      { ...hello, supportedVersions: [0.5] },
      "supportedVersions[0] must be a whole number, not the number 0.5",
    ],
    [
      { ...hello, requiredCapabilities: [1] },
      "requiredCapabilities[0] must be a string, not the number 1",
    ],
    [
      without(hello, "optionalCapabilities"),
      "optionalCapabilities must be an array, not undefined",
    ],
    [
      { ...hello, more: 1 },
      'the message has an unknown field "more"; it may have type, supportedVersions, requiredCapabilities, optionalCapabilities',
    ],
    [{ type: "operation/cancel" }, "id must be a whole number, not undefined"],
    [{ type: "operation/yield", id: 1.5 }, "id must be a whole number, not the number 1.5"],
    [{ type: "operation/yield", id: 2 ** 53 }, "id must be a whole number"],
    [request(open, { id: "1" }), "id must be a whole number"],
    [request(null), "request must be an object"],
    [request([]), "request.method must be a string, not undefined"],
    [request({}), "request.method must be a string, not undefined"],
    [request({ method: "odd" }), 'request has an unknown method "odd"'],
    [request({ method: "toString" }), 'request has an unknown method "toString"'],
    [request(without(open, "sessionId")), "request.sessionId must be a string"],
    [
      request({ ...open, toString: 1 }),
      'request has an unknown field "toString"; it may have method',
    ],
    [
      request({ ...open, outputTruncation: "none" }),
      "request.outputTruncation must be one of client, server",
    ],
    [
      request({ ...open, cellExecutionLimits: [] }),
      "request.cellExecutionLimits must be an object",
    ],
    [
      request({ ...open, cellExecutionLimits: 5 }),
      "request.cellExecutionLimits must be an object, not the number 5",
    ],
    [
      request({ ...open, cellExecutionLimits: { maxHeapSizeBytes: "5" } }),
      "request.cellExecutionLimits.maxHeapSizeBytes must be a whole number",
    ],
    [request({ ...execute, request: null }), "request.request must be an object, not null"],
    [
      request({ ...execute, request: without(inner, "source") }),
      "request.request.source must be a string",
    ],
    [
      request({
        ...execute,
        request: { ...inner, enabled_tools: [tool, { ...tool, kind: "odd" }] },
      }),
      "request.request.enabled_tools[1].kind must be one of function, freeform",
    ],
    [
      request({
        ...execute,
        request: { ...inner, enabled_tools: [{ ...tool, tool_name: "read" }] },
      }),
      "request.request.enabled_tools[0].tool_name must be an object",
    ],
    [
      request({ ...execute, request: { ...inner, yield_time_ms: -1 } }),
      "request.request.yield_time_ms must be a whole number, not the number -1",
    ],
    [request({ ...wait, request: { cell_id: "1" } }), "request.request.yield_time_ms must be"],
    [request({ ...wait, maxOutputTokens: 0.5 }), "request.maxOutputTokens must be a whole number"],
    [request(without(terminate, "cellId")), "request.cellId must be a string"],
    [request({ method: "session/shutdown", sessionId: 1 }), "request.sessionId must be a string"],
    [answer(null), "result must be an object"],
    [answer({}), "result.status must be a string"],
    [answer({ status: "odd" }), 'result has an unknown status "odd"'],
    [answer({ status: "error" }), "result.message must be a string"],
    [answer({ status: "error", message: "no", value: 1 }), 'result has an unknown field "value"'],
    [answer({ status: "ok" }), "result.value must be an object"],
    [value({}), "result.value.type must be a string"],
    [value({ type: "odd" }), 'result.value has an unknown type "odd"'],
    [value({ type: "tool/result", more: 1 }), 'result.value has an unknown field "more"'],
    [
      value({ type: "notification/delivered", result: 1 }),
      'result.value has an unknown field "result"',
    ],
  ])("%j", (message, fault) => {
    const refused = (): unknown => read(message);
    expect(refused).toThrow(HostError);
    expect(refused).toThrow(expect.objectContaining({ code: "invalid" }));
    expect(refused).toThrow(fault);
  });
});

test.each<readonly [unknown, number | undefined]>([
  [{ type: "operation/request", id: 5 }, 5],
  [{ type: "operation/request", id: 0, request: "wrong" }, 0],
  [{ type: "operation/request", id: "5" }, undefined],
  [{ type: "operation/request", id: 0.5 }, undefined],
  [{ type: "operation/cancel", id: 5 }, undefined],
  [{ id: 5 }, undefined],
  [null, undefined],
  [undefined, undefined],
  ["operation/request", undefined],
])("the request that %j is about has the id %s", (message, id) => {
  expect(requestIdOf(message)).toBe(id);
});
