import { randomUUID } from "node:crypto";
import type { CodeMode } from "../../session/code-mode.js";
import { HostError } from "../host-error.js";
import type { OpenRequest, WireTool } from "../wire.js";
import type { BoundedStream, ClientStream } from "./bounded-stream.js";
import { GrpcSession } from "./grpc-session.js";
import { checkUuid, GrpcSessions } from "./grpc-sessions.js";
import type {
  AcknowledgeMessage,
  CancelWaitMessage,
  CompleteToolCallMessage,
  ExecuteEventMessage,
  ExecuteMessage,
  OpenSessionMessage,
  SessionEventMessage,
  SessionMessage,
  SubscribeMessage,
  TerminateMessage,
  ToolCallMessage,
  ToolMessage,
  WaitMessage,
  WaitResponseMessage,
  YieldObservationMessage,
} from "./messages.js";
import { toOutcomeMessage, toWaitResponse } from "./outcome-message.js";

/** Output is cut by the host. */
const serverTruncation = 2;
const knownTruncations: readonly number[] = [0, 1, serverTruncation];
const toolKinds = { 1: "function", 2: "freeform" } as const;

/** The methods of the service, without what gRPC makes of them. Each throws a HostError. */
export class CodeModeHostService {
  readonly #codeMode: CodeMode;
  readonly #maxBacklogBytes: number;
  readonly #sessions = new GrpcSessions();

  /** @param options - `maxBacklogBytes`: that may wait for a client in each of a session's streams. */
  constructor(codeMode: CodeMode, { maxBacklogBytes }: { readonly maxBacklogBytes: number }) {
    this.#codeMode = codeMode;
    this.#maxBacklogBytes = maxBacklogBytes;
  }

  /** @returns A function that ends the session; called when the client has left. */
  openSession(message: OpenSessionMessage, events: ClientStream<SessionEventMessage>): () => void {
    const { limits, outputTruncation = 0, capacity } = message;
    if (capacity === 0) throw new HostError("invalid", "callback capacity must be positive");
    if (!knownTruncations.includes(outputTruncation))
      throw new HostError("invalid", "unknown code-mode output truncation mode");
    const request: OpenRequest = {
      id: randomUUID(),
      maxYieldAfterMs: limits?.maxYieldTimeMs,
      heapBytes: limits?.maxHeapSizeBytes,
      truncates: outputTruncation === serverTruncation,
    };
    const session = new GrpcSession(this.#codeMode, request, events, {
      maxBacklogBytes: this.#maxBacklogBytes,
      onOverflow: (full, reason) => void this.#sessions.close(full, reason),
    });
    this.#sessions.add(session);
    session.send({
      opened: {
        sessionId: session.id,
        ...(message.outputTruncation !== undefined && { outputTruncation }),
        catalogRevisions: 1,
      },
    });
    return () => void this.#sessions.close(session);
  }

  /** @returns A function that ends the subscription; called when the client has left. */
  subscribe(message: SubscribeMessage, calls: ClientStream<ToolCallMessage>): () => void {
    return this.#sessions.find(message.sessionId).subscribe(message, calls);
  }

  /** The answer to a request in a session, on its stream. */
  answer<Message extends object>(
    { sessionId }: SessionMessage,
    stream: ClientStream<Message>,
  ): BoundedStream<Message> {
    return this.#sessions.find(sessionId).answer(stream);
  }

  completeToolCall({ sessionId, invocationId, result, failure }: CompleteToolCallMessage): void {
    const { subscriptions } = this.#sessions.find(sessionId);
    checkUuid("tool invocation", invocationId);
    if (failure !== undefined) subscriptions.settle(invocationId, { message: failure.message });
    else if (result === undefined) throw new HostError("invalid", "missing code-mode tool outcome");
    else subscriptions.settle(invocationId, { result: toResult(result.outputJson) });
  }

  /**
   * Runs a program. `cancel` of what this returns ends its cell; the client no longer waits for the
   * outcome.
   */
  execute(
    message: ExecuteMessage,
    traceparent: string | undefined,
    write: (event: ExecuteEventMessage) => void,
  ): { readonly ended: Promise<void>; readonly cancel: () => void } {
    const { sessionId, executionId, toolCallId, source } = message;
    const session = this.#sessions.find(sessionId);
    const request = {
      executionId,
      toolCallId,
      source,
      tools: message.tools.map(toWireTool),
      catalogRevision: message.catalogRevision,
      yieldAfterMs: message.yieldTimeMs,
      maxOutputTokens: message.maxOutputTokens,
      traceparent,
    };
    const observed = session.execute(request, (cellId) =>
      write({ started: { executionId, cellId } }),
    );
    return {
      ended: observed.then((answer) => write({ outcome: toOutcomeMessage(answer) })),
      cancel: () => session.executions.cancel(executionId),
    };
  }

  /** `bufferedForNs` belongs into the answer's header. */
  wait({ sessionId, cellId, waitId, yieldTimeMs, maxOutputTokens }: WaitMessage): {
    readonly answer: Promise<{
      readonly response: WaitResponseMessage;
      readonly bufferedForNs: number;
    }>;
    readonly cancel: () => void;
  } {
    const session = this.#sessions.find(sessionId);
    const observed = session.wait(waitId, { cellId, yieldAfterMs: yieldTimeMs, maxOutputTokens });
    return {
      answer: observed.then((answer) => ({
        response: toWaitResponse(answer),
        bufferedForNs: answer.bufferedForNs,
      })),
      cancel: () => session.waits.cancel(waitId),
    };
  }

  yieldObservation({ sessionId, executionId, waitId }: YieldObservationMessage): void {
    const { executions, waits } = this.#sessions.find(sessionId);
    if (executionId !== undefined) executions.yieldNow(executionId);
    else if (waitId !== undefined) waits.yieldNow(waitId);
    else throw new HostError("invalid", "missing code-mode observation ID");
  }

  cancelWait({ sessionId, waitId }: CancelWaitMessage): void {
    this.#sessions.find(sessionId).waits.cancel(waitId);
  }

  async terminate(message: TerminateMessage): Promise<WaitResponseMessage> {
    const { sessionId, cellId, maxOutputTokens } = message;
    return toWaitResponse(await this.#sessions.find(sessionId).terminate(cellId, maxOutputTokens));
  }

  async closeSession({ sessionId }: SessionMessage): Promise<void> {
    await this.#sessions.close(this.#sessions.find(sessionId));
  }

  acknowledgeNotification({ sessionId, notificationId }: AcknowledgeMessage): void {
    const { notifications } = this.#sessions.find(sessionId);
    checkUuid("notification", notificationId);
    notifications.acknowledge(notificationId);
  }

  /** Ends every session, and resolves when their threads are gone. */
  close(): Promise<void> {
    return this.#sessions.closeAll();
  }
}

function toWireTool({ name, toolName, description, kind }: ToolMessage): WireTool {
  const known = toolKinds[kind as keyof typeof toolKinds];
  if (known === undefined) throw new HostError("invalid", "tool definition has an invalid kind");
  if (toolName === null) throw new HostError("invalid", "tool definition has no tool name");
  const { namespace } = toolName;
  return {
    name,
    toolName:
      namespace === undefined ? { name: toolName.name } : { name: toolName.name, namespace },
    description,
    kind: known,
  };
}

function toResult(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new HostError("invalid", `invalid code-mode tool output JSON: ${why}`);
  }
}
