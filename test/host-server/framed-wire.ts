import { randomUUID } from "node:crypto";
import type { ItemRecord, RecordedSession, RecordedTool } from "../conformance/recorded-case.js";
import type { Delegate, FramedClient } from "../support/framed-client.js";
import type {
  Observation,
  WireClient,
  WireExecute,
  WireExecution,
  WireSession,
} from "./wire-session.js";

/** The answer to an exec, a wait or a terminate, as the wire writes it. */
type RuntimeResponse = Readonly<
  Record<
    "Yielded" | "Terminated" | "Result",
    | {
        readonly content_items: readonly ItemRecord[];
        readonly error_text?: string | null;
      }
    | undefined
  >
>;

/** Sessions over a connection of frames. */
export class FramedWire implements WireClient {
  readonly #client: FramedClient;

  constructor(client: FramedClient) {
    this.#client = client;
  }

  async open(
    { outputTruncation, ...limits }: RecordedSession,
    delegate: Delegate,
  ): Promise<WireSession> {
    const session = new FramedSession(this.#client);
    this.#client.delegates.set(session.id, delegate);
    await session.request("open", {
      cellExecutionLimits: limits,
      ...(outputTruncation !== undefined && { outputTruncation }),
    }).answer;
    return session;
  }
}

class FramedSession implements WireSession {
  readonly id: string = randomUUID();
  readonly #client: FramedClient;

  constructor(client: FramedClient) {
    this.#client = client;
  }

  request(
    method: string,
    fields: object,
  ): { readonly id: number; readonly answer: Promise<Record<string, unknown>> } {
    const request = { method: `session/${method}`, sessionId: this.id, ...fields };
    const id = this.#client.request(request);
    return { id, answer: this.#client.answer(id) };
  }

  execute({ source, tools, yieldMs, maxOutputTokens }: WireExecute): WireExecution {
    const { id, answer } = this.request("execute", {
      request: {
        tool_call_id: "call",
        enabled_tools: tools.map(toWireTool),
        source,
        yield_time_ms: yieldMs,
        ...(maxOutputTokens !== undefined && { max_output_tokens: maxOutputTokens }),
      },
    });
    return {
      started: answer.then(({ cellId }) => String(cellId)),
      first: this.#client
        .answer(id, "execute/initialResponse")
        .then((response) => toObservation(response as RuntimeResponse)),
      yieldNow: () => this.#client.send({ type: "operation/yield", id }),
      cancel: () => this.#client.send({ type: "operation/cancel", id }),
    };
  }

  wait(cellId: string, yieldMs: number): Promise<Observation> {
    const request = { cell_id: cellId, yield_time_ms: yieldMs };
    return observed(this.request("wait", { request }).answer);
  }

  terminate(cellId: string): Promise<Observation> {
    return observed(this.request("terminate", { cellId }).answer);
  }

  async close(): Promise<string> {
    return String((await this.request("shutdown", {}).answer)["type"]);
  }
}

async function observed(answer: Promise<Record<string, unknown>>): Promise<Observation> {
  const { LiveCell, MissingCell } = (await answer)["outcome"] as {
    readonly LiveCell?: RuntimeResponse;
    readonly MissingCell?: RuntimeResponse;
  };
  const cell = LiveCell === undefined ? "missing" : "live";
  return { cell, ...toObservation((LiveCell ?? MissingCell) as RuntimeResponse) };
}

function toObservation({ Yielded, Terminated, Result }: RuntimeResponse): Observation {
  const end = Terminated !== undefined ? "terminated" : "completed";
  return {
    outcome: Yielded !== undefined ? "yielded" : end,
    items: (Yielded ?? Terminated ?? Result)?.content_items ?? [],
    error: Result?.error_text ?? null,
  };
}

function toWireTool({ name, description, kind, namespace }: RecordedTool): object {
  return {
    name,
    tool_name: { name, namespace: namespace ?? null },
    description,
    kind,
    input_schema: null,
    output_schema: null,
  };
}
