import { HostError } from "../host-error.js";
import type { ExecuteRequest, OpenRequest, WaitRequest, WireTool } from "../wire.js";
import {
  anything,
  count,
  integer,
  listOf,
  object,
  oneOf,
  optional,
  type ReadField,
  text,
} from "./fields.js";

/** What a client sends. */
export type ClientMessage =
  | {
      readonly type: "hello";
      readonly versions: readonly number[];
      readonly required: readonly string[];
      readonly optional: readonly string[];
    }
  | { readonly type: "request"; readonly id: number; readonly request: ClientRequest }
  | { readonly type: "cancel" | "yield"; readonly id: number }
  | { readonly type: "delegated"; readonly id: number; readonly answer: DelegateAnswer };

export type ClientRequest =
  | { readonly method: "open"; readonly request: OpenRequest }
  | { readonly method: "execute"; readonly sessionId: string; readonly request: ExecuteRequest }
  | { readonly method: "wait"; readonly sessionId: string; readonly request: WaitRequest }
  | {
      readonly method: "terminate";
      readonly sessionId: string;
      readonly cellId: string;
      readonly maxOutputTokens: number | undefined;
    }
  | { readonly method: "shutdown"; readonly sessionId: string };

/** The client's answer to a call of a tool, or to a notification, which has no result. */
export type DelegateAnswer = { readonly result: unknown } | { readonly message: string };

const hello = object({
  type: text,
  supportedVersions: listOf(count),
  requiredCapabilities: listOf(text),
  optionalCapabilities: listOf(text),
});
const request = object({ type: text, id: integer, request: anything });
const reference = object({ type: text, id: integer });
const response = object({ type: text, id: integer, result: anything });

const open = object({
  method: text,
  sessionId: text,
  cellExecutionLimits: optional(
    object({ maxYieldTimeMs: optional(count), maxHeapSizeBytes: optional(count) }),
  ),
  outputTruncation: optional(oneOf("client", "server")),
});
const wireTool = object({
  name: text,
  tool_name: object({ name: text, namespace: optional(text) }),
  description: text,
  kind: oneOf("function", "freeform"),
  input_schema: anything,
  output_schema: anything,
});
const execute = object({
  method: text,
  sessionId: text,
  request: object({
    catalog_revision: optional(count),
    tool_call_id: text,
    enabled_tools: listOf(wireTool),
    source: text,
    yield_time_ms: optional(count),
    max_output_tokens: optional(count),
  }),
});
const wait = object({
  method: text,
  sessionId: text,
  request: object({ cell_id: text, yield_time_ms: count }),
  maxOutputTokens: optional(count),
});
const terminate = object({
  method: text,
  sessionId: text,
  cellId: text,
  maxOutputTokens: optional(count),
});
const shutdown = object({ method: text, sessionId: text });
const failed = object({ status: text, message: text });
const succeeded = object({ status: text, value: anything });
const toolResult = object({ type: text, result: anything });
const delivered = object({ type: text });

/** @throws {HostError} if it is none that a client may send. */
export const readClientMessage: ReadField<ClientMessage> = (value, place) => {
  const type = tagOf(value, "type", place);
  switch (type) {
    case "connection/hello": {
      const { supportedVersions, requiredCapabilities, optionalCapabilities } = hello(value, place);
      return {
        type: "hello",
        versions: supportedVersions,
        required: requiredCapabilities,
        optional: optionalCapabilities,
      };
    }
    case "operation/request": {
      const { id, request: inner } = request(value, place);
      return { type: "request", id, request: readRequest(inner, "request") };
    }
    case "operation/cancel":
      return { type: "cancel", id: reference(value, place).id };
    case "operation/yield":
      return { type: "yield", id: reference(value, place).id };
    case "delegate/response": {
      const { id, result } = response(value, place);
      return { type: "delegated", id, answer: readAnswer(result, "result") };
    }
    default:
      throw new HostError("invalid", `there is no message of the type "${type}"`);
  }
};

/** The id of the request that a message carries, also where the rest of it is wrong. */
export function requestIdOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, id } = value as { readonly type?: unknown; readonly id?: unknown };
  return type === "operation/request" && Number.isSafeInteger(id) ? (id as number) : undefined;
}

const readRequest: ReadField<ClientRequest> = (value, place) => {
  const method = tagOf(value, "method", place);
  switch (method) {
    case "session/open": {
      const { sessionId, cellExecutionLimits, outputTruncation } = open(value, place);
      return {
        method: "open",
        request: {
          id: sessionId,
          maxYieldAfterMs: cellExecutionLimits?.maxYieldTimeMs,
          heapBytes: cellExecutionLimits?.maxHeapSizeBytes,
          truncates: outputTruncation === "server",
        },
      };
    }
    case "session/execute": {
      const { sessionId, request: inner } = execute(value, place);
      return {
        method: "execute",
        sessionId,
        request: {
          executionId: "",
          toolCallId: inner.tool_call_id,
          source: inner.source,
          tools: inner.enabled_tools.map(toWireTool),
          catalogRevision: inner.catalog_revision,
          yieldAfterMs: inner.yield_time_ms,
          maxOutputTokens: inner.max_output_tokens,
        },
      };
    }
    case "session/wait": {
      const { sessionId, request: inner, maxOutputTokens } = wait(value, place);
      return {
        method: "wait",
        sessionId,
        request: { cellId: inner.cell_id, yieldAfterMs: inner.yield_time_ms, maxOutputTokens },
      };
    }
    case "session/terminate": {
      const { sessionId, cellId, maxOutputTokens } = terminate(value, place);
      return { method: "terminate", sessionId, cellId, maxOutputTokens };
    }
    case "session/shutdown":
      return { method: "shutdown", sessionId: shutdown(value, place).sessionId };
    default:
      throw new HostError("invalid", `${place} has an unknown method "${method}"`);
  }
};

const readAnswer: ReadField<DelegateAnswer> = (value, place) => {
  const status = tagOf(value, "status", place);
  if (status === "error") return { message: failed(value, place).message };
  if (status !== "ok") throw new HostError("invalid", `${place} has an unknown status "${status}"`);
  const { value: inner } = succeeded(value, place);
  const innerPlace = `${place}.value`;
  const type = tagOf(inner, "type", innerPlace);
  if (type === "tool/result") return { result: toolResult(inner, innerPlace).result };
  if (type !== "notification/delivered")
    throw new HostError("invalid", `${innerPlace} has an unknown type "${type}"`);
  delivered(inner, innerPlace);
  return { result: null };
};

function toWireTool(tool: ReturnType<typeof wireTool>): WireTool {
  return {
    name: tool.name,
    toolName: tool.tool_name,
    description: tool.description,
    kind: tool.kind,
  };
}

function tagOf(value: unknown, name: string, place: string): string {
  if (typeof value !== "object" || value === null)
    throw new HostError("invalid", `${place || "the message"} must be an object`);
  return text((value as Record<string, unknown>)[name], place === "" ? name : `${place}.${name}`);
}
