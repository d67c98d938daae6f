import type { Readable, Writable } from "node:stream";
import { FrameCutter } from "../../src/host-server/framed/frame-cutter.js";

/** A message of the wire. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** What answers a call of a tool: a result, or an error that is thrown. It may never settle. */
export type Delegate = (request: DelegateRequest) => unknown;

export interface DelegateRequest {
  readonly type: "tool/invoke" | "notification/send";
  readonly text?: string;
  readonly callId?: string;
  readonly invocation?: {
    readonly cell_id: string;
    readonly runtime_tool_call_id: string;
    readonly tool_name: { readonly name: string; readonly namespace: string | null };
    readonly tool_kind: string;
    readonly input: unknown;
  };
}

const hello = {
  type: "connection/hello",
  supportedVersions: [1],
  requiredCapabilities: [],
  optionalCapabilities: [],
};

/** The client's side of a connection of frames, as Codex has it. */
export class FramedClient {
  /** Everything that has come, in order. */
  readonly frames: Frame[] = [];
  /** By the session's id. */
  readonly delegates: Map<string, Delegate> = new Map();
  /** The ids of calls that the host no longer wants an answer to. */
  readonly cancelled: number[] = [];
  readonly #input: Writable;
  #waiting: (() => void)[] = [];
  #lastId = 0;

  constructor({ input, output }: { readonly input: Writable; readonly output: Readable }) {
    this.#input = input;
    const reader = new FrameCutter({
      maxBytes: 2 ** 32,
      onFrame: (content) => this.#take(JSON.parse(content.toString())),
      onTooLong: () => {},
    });
    output.on("data", (chunk: Buffer) => reader.push(chunk));
  }

  greet(): void {
    this.send(hello);
  }

  send(message: object): void {
    const content = Buffer.from(JSON.stringify(message));
    this.sendBytes(content.length, content);
  }

  /** @param length - What the header says. */
  sendBytes(length: number, content: Buffer): void {
    const header = Buffer.alloc(4);
    header.writeUInt32LE(length);
    this.sendRaw(Buffer.concat([header, content]));
  }

  sendRaw(bytes: Buffer): void {
    this.#input.write(bytes);
  }

  end(): void {
    this.#input.end();
  }

  /** @returns The request's id. */
  request(request: object): number {
    this.#lastId += 1;
    this.send({ type: "operation/request", id: this.#lastId, request });
    return this.#lastId;
  }

  /** Resolves with the first frame, from the beginning, that fits. */
  async frame(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resolves with the value of an answer; rejects with its error. */
  async answer(id: number, type = "operation/response"): Promise<Record<string, unknown>> {
    const frame = await this.frame((some) => some["id"] === id && some.type === type);
    return resultOf(frame);
  }

  /** The first answer to an Execute: the cell's id. */
  async started(id: number): Promise<string> {
    return String((await this.answer(id))["cellId"]);
  }

  #take(frame: Frame): void {
    this.frames.push(frame);
    if (frame.type === "delegate/request") void this.#delegate(frame);
    if (frame.type === "delegate/cancel") this.cancelled.push(Number(frame["id"]));
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #delegate(frame: Frame): Promise<void> {
    const request = frame["request"] as DelegateRequest;
    const delegate = this.delegates.get(String(frame["sessionId"]));
    const { id } = frame;
    try {
      const result = await delegate?.(request);
      const value =
        request.type === "tool/invoke"
          ? { type: "tool/result", result: result ?? null }
          : { type: "notification/delivered" };
      this.send({ type: "delegate/response", id, result: { status: "ok", value } });
    } catch (thrown) {
      const message = (thrown as Error).message;
      this.send({ type: "delegate/response", id, result: { status: "error", message } });
    }
  }
}

function resultOf(frame: Frame): Record<string, unknown> {
  const result = frame["result"] as {
    readonly status: string;
    readonly value: Record<string, unknown>;
    readonly message: string;
  };
  if (result.status === "error") throw new Error(result.message);
  return result.value;
}
