/** A stream of messages to a client, as gRPC has it. */
export interface ClientStream<Message> {
  /** @param onWritten - Called when the message is on its way: the client has read those before it. */
  write(message: Message, onWritten: () => void): unknown;
  end(): unknown;
  /** Ends it with an error. */
  fail(error: Error): unknown;
}

/** Writes to a client's stream, and tells when too much waits for a client that does not read. */
export class BoundedStream<Message extends object> {
  readonly #stream: ClientStream<Message>;
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  #waitingBytes = 0;
  #hasOverflowed = false;

  /**
   * @param maxBytes - That may wait.
   * @param onOverflow - Called once, when more wait.
   */
  constructor(stream: ClientStream<Message>, maxBytes: number, onOverflow: () => void) {
    this.#stream = stream;
    this.#maxBytes = maxBytes;
    this.#onOverflow = onOverflow;
  }

  write(message: Message): void {
    const bytes = bytesOf(message);
    this.#waitingBytes += bytes;
    this.#stream.write(message, () => {
      this.#waitingBytes -= bytes;
    });
    if (this.#waitingBytes <= this.#maxBytes || this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    this.#onOverflow();
  }

  end(): void {
    this.#stream.end();
  }

  fail(error: Error): void {
    this.#stream.fail(error);
  }
}

/** About as many as the message takes: those of its texts, and some for each value. */
function bytesOf(value: unknown): number {
  const own = 16;
  if (typeof value === "string") return own + Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return own;
  return Object.values(value).reduce<number>((sum, member) => sum + bytesOf(member), own);
}
