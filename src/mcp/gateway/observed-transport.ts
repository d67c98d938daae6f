import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";

/** Looks at the messages of a transport on their way. */
export interface TransportObserver {
  /**
   * Gets each message of the other side before it is delivered.
   *
   * @returns An answer that is sent back at once; then the message is not delivered.
   */
  received(message: JSONRPCMessage): JSONRPCMessage | undefined;
  /** Gets each message that is sent to the other side. */
  sent(message: JSONRPCMessage): void;
}

/** A transport whose messages are looked at. */
export class ObservedTransport implements Transport {
  onclose: (() => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  onmessage: Transport["onmessage"];
  readonly #inner: Transport;
  readonly #observer: TransportObserver;

  constructor(inner: Transport, observer: TransportObserver) {
    this.#inner = inner;
    this.#observer = observer;
    inner.onclose = () => this.onclose?.();
    inner.onerror = (error) => this.onerror?.(error);
    inner.onmessage = (message, extra) => {
      const answer = observer.received(message);
      if (answer === undefined) this.onmessage?.(message, extra);
      else inner.send(answer).catch((error: Error) => this.onerror?.(error));
    };
  }

  start(): Promise<void> {
    return this.#inner.start();
  }

  send(...args: Parameters<Transport["send"]>): Promise<void> {
    this.#observer.sent(args[0]);
    return this.#inner.send(...args);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
