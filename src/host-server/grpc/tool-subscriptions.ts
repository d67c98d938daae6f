import { randomUUID } from "node:crypto";
import { HostError } from "../host-error.js";
import type { ToolInvocation, ToolName } from "../wire.js";
import type { SubscribeMessage, ToolCallMessage } from "./messages.js";

/** A stream that gives a client calls of its tools. */
export interface CallStream {
  write(call: ToolCallMessage): void;
  end(): void;
}

interface Subscription {
  /** Undefined where it takes the calls of every tool. */
  readonly tools: ReadonlySet<string> | undefined;
  readonly stream: CallStream;
}

interface OpenCall {
  readonly subscription: Subscription;
  readonly settle: (answer: { readonly result: unknown } | { readonly message: string }) => void;
}

/** Brings the calls of a session's programs to the client's streams, which take turns, and the answers back. */
export class ToolSubscriptions {
  readonly #sessionId: string;
  readonly #onCancelled: (invocationId: string) => void;
  readonly #open = new Map<string, OpenCall>();
  /** In the order of their turns. */
  #subscriptions: readonly Subscription[] = [];

  /** @param onCancelled - The cell of a call has ended before the client's answer. */
  constructor(sessionId: string, onCancelled: (invocationId: string) => void) {
    this.#sessionId = sessionId;
    this.#onCancelled = onCancelled;
  }

  /** @returns Ends the subscription; the program gets an error for calls that wait for an answer through it. */
  add({ toolNames }: SubscribeMessage, stream: CallStream): () => void {
    const tools = toolNames.length === 0 ? undefined : new Set(toolNames.map(keyOf));
    const subscription = { tools, stream };
    this.#subscriptions = [...this.#subscriptions, subscription];
    return () => {
      this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription);
      for (const call of [...this.#open.values()]) {
        if (call.subscription === subscription)
          call.settle({ message: "the client has stopped to take calls of this tool" });
      }
    };
  }

  /** Resolves with the client's result; rejects with its error. */
  async call(invocation: ToolInvocation): Promise<unknown> {
    const { tool, signal, traceparent, input } = invocation;
    const subscription = this.#nextFor(tool.toolName);
    if (subscription === undefined)
      throw new Error("no code-mode tool subscription matches the requested tool");
    const invocationId = randomUUID();
    return await new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#onCancelled(invocationId);
        settle({ message: "the cell has ended" });
      };
      const settle: OpenCall["settle"] = (answer) => {
        this.#open.delete(invocationId);
        signal.removeEventListener("abort", cancel);
        if ("message" in answer) reject(new Error(answer.message));
        else resolve(answer.result);
      };
      this.#open.set(invocationId, { subscription, settle });
      signal.addEventListener("abort", cancel, { once: true });
      subscription.stream.write({
        sessionId: this.#sessionId,
        executionId: invocation.executionId,
        cellId: invocation.cellId,
        invocationId,
        runtimeToolCallId: `tool-${invocation.sequence}`,
        toolName: toMessage(tool.toolName),
        kind: tool.kind === "freeform" ? 2 : 1,
        ...(input !== null && { inputJson: JSON.stringify(input) }),
        sequence: invocation.sequence,
        ...(traceparent !== undefined && { traceparent }),
      });
    });
  }

  /** @throws {HostError} if no call with this id waits for an answer. */
  settle(
    invocationId: string,
    answer: { readonly result: unknown } | { readonly message: string },
  ): void {
    const call = this.#open.get(invocationId);
    if (call === undefined)
      throw new HostError("unknown", `unknown code-mode tool invocation ${invocationId}`);
    call.settle(answer);
  }

  /** Ends every stream. */
  close(): void {
    for (const { stream } of this.#subscriptions) stream.end();
    this.#subscriptions = [];
  }

  #nextFor(name: ToolName): Subscription | undefined {
    const key = keyOf(name);
    const next = this.#subscriptions.find(({ tools }) => tools?.has(key) ?? true);
    if (next !== undefined)
      this.#subscriptions = [...this.#subscriptions.filter((other) => other !== next), next];
    return next;
  }
}

function keyOf({ name, namespace }: ToolName): string {
  return JSON.stringify([namespace ?? null, name]);
}

function toMessage({ name, namespace }: ToolName): ToolCallMessage["toolName"] {
  return namespace === undefined ? { name } : { name, namespace };
}
