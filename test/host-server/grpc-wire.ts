import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { ServiceError } from "@grpc/grpc-js";
import type { ItemRecord, RecordedSession, RecordedTool } from "../conformance/recorded-case.js";
import type { Delegate } from "../support/framed-client.js";
import {
  callGrpc,
  type GrpcClient,
  type GrpcMessage,
  type GrpcStream,
  streamGrpc,
} from "../support/grpc-client.js";
import type {
  Observation,
  WireClient,
  WireExecute,
  WireExecution,
  WireSession,
} from "./wire-session.js";

const serverTruncation = 2;
const kinds = { function: 1, freeform: 2 } as const;
const imageDetails = [undefined, "auto", "low", "high", "original"];

/** Sessions over gRPC. */
export class GrpcWire implements WireClient {
  readonly #client: GrpcClient;

  constructor(client: GrpcClient) {
    this.#client = client;
  }

  async open(
    { outputTruncation, maxYieldTimeMs, maxHeapSizeBytes }: RecordedSession,
    delegate: Delegate,
  ): Promise<WireSession> {
    const events = streamGrpc(this.#client, "OpenSession", {
      limits: {
        ...(maxYieldTimeMs !== undefined && { maxYieldTimeMs }),
        ...(maxHeapSizeBytes !== undefined && { maxHeapSizeBytes }),
      },
      ...(outputTruncation !== undefined && { outputTruncation: serverTruncation }),
    });
    const [{ opened }] = (await once(events, "data")) as [GrpcMessage];
    const { sessionId } = opened as { readonly sessionId: string };
    const session = new GrpcWireSession(this.#client, sessionId, events);
    await session.listen(delegate);
    return session;
  }
}

class GrpcWireSession implements WireSession {
  readonly id: string;
  readonly #client: GrpcClient;
  readonly #events: GrpcStream;

  constructor(client: GrpcClient, id: string, events: GrpcStream) {
    this.#client = client;
    this.id = id;
    this.#events = events;
  }

  /** Gives the session's calls and notifications to the delegate. */
  async listen(delegate: Delegate): Promise<void> {
    this.#events.on("data", ({ notification }: GrpcMessage) => {
      if (notification === undefined) return;
      const { notificationId, text } = notification as {
        readonly notificationId: string;
        readonly text?: string;
      };
      delegate({ type: "notification/send", text: text ?? "" });
      this.#callAnyway("AcknowledgeNotification", { notificationId });
    });
    const calls = streamGrpc(this.#client, "SubscribeToToolCalls", { sessionId: this.id });
    calls.on("data", (call: GrpcMessage) => void this.#delegate(call, delegate));
    calls.on("error", () => {});
    await once(calls, "metadata");
  }

  execute({ source, tools, yieldMs, maxOutputTokens }: WireExecute): WireExecution {
    const executionId = randomUUID();
    const stream = streamGrpc(this.#client, "Execute", {
      sessionId: this.id,
      executionId,
      toolCallId: "call",
      source,
      tools: tools.map(toTool),
      yieldTimeMs: yieldMs,
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    });
    const next = (field: string): Promise<GrpcMessage> =>
      new Promise((resolve, reject) => {
        stream.on("data", (event: GrpcMessage) => {
          if (event[field] !== undefined) resolve(event[field] as GrpcMessage);
        });
        stream.on("error", (error: ServiceError) => reject(new Error(error.details)));
      });
    const first = next("outcome").then(toObservation);
    // Whoever was told that it has not started does not wait for it.
    first.catch(() => {});
    return {
      started: next("started").then(({ cellId }) => String(cellId)),
      first,
      yieldNow: () => this.#callAnyway("YieldObservation", { executionId }),
      cancel: () => stream.cancel(),
    };
  }

  wait(cellId: string, yieldMs: number): Promise<Observation> {
    return this.#observe("Wait", { cellId, waitId: randomUUID(), yieldTimeMs: yieldMs });
  }

  terminate(cellId: string): Promise<Observation> {
    return this.#observe("Terminate", { cellId });
  }

  async close(): Promise<string> {
    const ended = once(this.#events, "end");
    await callGrpc(this.#client, "CloseSession", { sessionId: this.id });
    await ended;
    // The answer has no fields; this is what the other wire calls it.
    return "session/closed";
  }

  async #observe(method: string, message: GrpcMessage): Promise<Observation> {
    const { live, missing } = await callGrpc(this.#client, method, {
      sessionId: this.id,
      ...message,
    });
    const cell = live === undefined ? "missing" : "live";
    return { cell, ...toObservation((live ?? missing) as GrpcMessage) };
  }

  async #delegate(call: GrpcMessage, delegate: Delegate): Promise<void> {
    const { invocationId, inputJson, toolName, kind, cellId, runtimeToolCallId } = call;
    const invocation = {
      cell_id: String(cellId),
      runtime_tool_call_id: String(runtimeToolCallId),
      tool_name: { namespace: null, ...(toolName as { readonly name: string }) },
      tool_kind: kind === kinds.freeform ? "freeform" : "function",
      input: inputJson === undefined ? null : JSON.parse(String(inputJson)),
    };
    const answer = (outcome: GrpcMessage): void =>
      this.#callAnyway("CompleteToolCall", { invocationId, ...outcome });
    try {
      const result = (await delegate({ type: "tool/invoke", invocation })) ?? null;
      answer({ result: { outputJson: JSON.stringify(result) } });
    } catch (thrown) {
      answer({ failure: { message: (thrown as Error).message } });
    }
  }

  /** For what the host may no longer have use for. */
  #callAnyway(method: string, message: GrpcMessage): void {
    callGrpc(this.#client, method, { sessionId: this.id, ...message }).catch(() => {});
  }
}

function toObservation({ items, yielded, terminated, completed }: GrpcMessage): Observation {
  const end = terminated !== undefined ? "terminated" : "completed";
  const { errorText } = (completed ?? {}) as { readonly errorText?: string };
  return {
    outcome: yielded !== undefined ? "yielded" : end,
    items: ((items ?? []) as readonly GrpcMessage[]).map(toItem),
    error: errorText ?? null,
  };
}

function toItem({ text, image, audio }: GrpcMessage): ItemRecord {
  const { url = "", detail = 0 } = (image ?? audio ?? {}) as {
    readonly url?: string;
    readonly detail?: number;
  };
  if (image !== undefined)
    return { type: "input_image", image_url: url, detail: String(imageDetails[detail]) };
  if (audio !== undefined) return { type: "input_audio", audio_url: url };
  return { type: "input_text", text: (text as { readonly text?: string }).text ?? "" };
}

function toTool({ name, description, kind, namespace }: RecordedTool): object {
  return {
    name,
    toolName: namespace === undefined ? { name } : { name, namespace },
    description,
    kind: kinds[kind],
  };
}
