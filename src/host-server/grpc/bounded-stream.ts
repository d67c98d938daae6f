/** A stream of messages to a client, as gRPC has it. */
export interface ClientStream<Message> {
  /** @param onWritten - Called when the message is on its way: the client has read those before it. */
  write(message: Message, onWritten: () => void): unknown;
  end(): unknown;
  /** Ends it with an error. */
  fail(error: Error): unknown;
  /** Ends its connection, with all that waits there. */
  drop(): unknown;
}

type Droppable = Pick<ClientStream<never>, "drop">;

/** How much waits in one or several streams for a client to read it. */
export class Backlog {
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  /** Those in which something waits, with how much. */
  readonly #waiting = new Map<Droppable, number>();
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

  /** @returns Whether too much waits now. */
  add(stream: Droppable, bytes: number): boolean {
    this.#change(stream, bytes);
    return this.#bytes > this.#maxBytes;
  }

  overflow(): void {
    if (this.#hasOverflowed) return;
    this.#hasOverflowed = true;
    this.#onOverflow();
  }

  /** They are written. */
  remove(stream: Droppable, bytes: number): void {
    // Of one that was left, none count.
    if (this.#waiting.has(stream)) this.#change(stream, -bytes);
  }

  /** All that waits in the stream is gone. */
  forget(stream: Droppable): void {
    this.#change(stream, -(this.#waiting.get(stream) ?? 0));
  }

  /** Ends the connections on which something waits. */
  drop(): void {
    for (const stream of this.#waiting.keys()) stream.drop();
  }

  #change(stream: Droppable, bytes: number): void {
    this.#bytes += bytes;
    const left = (this.#waiting.get(stream) ?? 0) + bytes;
    if (left > 0) this.#waiting.set(stream, left);
    else this.#waiting.delete(stream);
  }
}

/** Writes to a client's stream, and counts what waits in it. */
export class BoundedStream<Message extends object> {
  readonly #stream: ClientStream<Message>;
  readonly #backlog: Backlog;
  #hasLeft = false;

  constructor(stream: ClientStream<Message>, backlog: Backlog) {
    this.#stream = stream;
    this.#backlog = backlog;
  }

  write(message: Message): void {
    if (this.#hasLeft) return;
    const bytes = bytesOf(message);
    const overflows = this.#backlog.add(this.#stream, bytes);
    this.#stream.write(message, () => this.#backlog.remove(this.#stream, bytes));
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
    this.#hasLeft = true;
    this.#backlog.forget(this.#stream);
  }
}

/** About as many as the message takes: those of its texts, and some for each value. */
function bytesOf(value: unknown): number {
  const own = 16;
  if (typeof value === "string") return own + Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return own;
  return Object.values(value).reduce<number>((sum, member) => sum + bytesOf(member), own);
}
