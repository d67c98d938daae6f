/** A stream of messages to a client, as gRPC has it. */
export interface ClientStream<Message> {
  /** @param onWritten - Called when the message is on its way: the client has read those before it. */
  write(message: Message, onWritten: () => void): unknown;
  end(): unknown;
  /** Ends it with an error. */
  fail(error: Error): unknown;
}

/** How much waits in one or several streams for a client to read it. */
export class Backlog {
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  #bytes = 0;
  #hasOverflowed = false;

  /**
   * @param maxBytes - That may wait.
   * @param onOverflow - Called once, when more wait.
   */
  constructor(maxBytes: number, onOverflow: () => void) {
    this.#maxBytes = maxBytes;
    this.#onOverflow = onOverflow;
  }

  /** Whether too much waits now. */
  add(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes > this.#maxBytes;
  }

  overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    this.#onOverflow();
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** Writes to a client's stream, and counts what waits in it. */
export class BoundedStream<Message extends object> {
  readonly #stream: ClientStream<Message>;
  readonly #backlog: Backlog;
  #waitingBytes = 0;
  #hasLeft = false;

  constructor(stream: ClientStream<Message>, backlog: Backlog) {
    this.#stream = stream;
    this.#backlog = backlog;
  }

  write(message: Message): void {
    if (this.#hasLeft) return;
    const bytes = bytesOf(message);
    this.#waitingBytes += bytes;
    const overflows = this.#backlog.add(bytes);
    this.#stream.write(message, () => this.#written(bytes));
    if (overflows) this.#backlog.overflow();
  }

  end(): void {
    this.#stream.end();
  }

  fail(error: Error): void {
    this.#stream.fail(error);
  }

  /** The client wants no more of it, and what waits is dropped: gRPC does not tell that it is written. */
  left(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#backlog.remove(this.#waitingBytes);
  }

  #written(bytes: number): void {
    if (this.#hasLeft) return;
    this.#waitingBytes -= bytes;
    this.#backlog.remove(bytes);
  }
}

/** About as many as the message takes: those of its texts, and some for each value. */
function bytesOf(value: unknown): number {
  const own = 16;
  if (typeof value === "string") return own + Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return own;
  return Object.values(value).reduce<number>((sum, member) => sum + bytesOf(member), own);
}
