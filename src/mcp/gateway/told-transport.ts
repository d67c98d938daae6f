import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";

/** What a client has been told before the server was there. */
export interface ToldClient {
  /** Of its `initialize`. */
  readonly params: object;
  /** The result of its `tools/list`; undefined where it has not asked. */
  readonly tools?: object;
}

/** What a client was answered to its first requests. */
export interface FirstResults {
  /** Of `initialize`, as the client gave them. */
  readonly params: object;
  readonly initialize: object;
  readonly tools: object;
}

/**
 * A transport whose client may have been answered already, as the server answered the same before. The server gets these
 * requests as if they came now, and what it answers is compared with what was told, and goes no further.
 */
export class ToldTransport implements Transport {
  onclose: (() => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  onmessage: Transport["onmessage"];
  readonly #inner: Transport;
  readonly #told: ToldClient | undefined;
  /** What asks for an answer of this class's own, by its id. */
  readonly #asked = new Map<string, (result: object | undefined) => void>();
  readonly #initialized: Promise<Omit<FirstResults, "tools">>;
  #noteInitialized: (results: Omit<FirstResults, "tools">) => void = () => {};
  /** The first `initialize` of a client that was not told anything. */
  #initialize: { readonly id: unknown; readonly params: object } | undefined;

  constructor(inner: Transport, told: ToldClient | undefined) {
    this.#inner = inner;
    this.#told = told;
    this.#initialized = new Promise((resolve) => {
      this.#noteInitialized = resolve;
    });
    inner.onclose = () => this.onclose?.();
    inner.onerror = (error) => this.onerror?.(error);
    inner.onmessage = (message, extra) => {
      this.#look(message);
      this.onmessage?.(message, extra);
    };
  }

  async start(): Promise<void> {
    if (this.#told !== undefined) this.#repeat(this.#told);
    await this.#inner.start();
  }

  async send(...args: Parameters<Transport["send"]>): Promise<void> {
    const [message] = args;
    if ("id" in message && !("method" in message)) {
      const result = "result" in message ? message.result : undefined;
      const got = this.#asked.get(String(message.id));
      if (got !== undefined) {
        this.#asked.delete(String(message.id));
        got(result);
        return;
      }
      const { id, params } = this.#initialize ?? {};
      if (params !== undefined && id === message.id && result !== undefined)
        this.#noteInitialized({ params, initialize: result });
    }
    await this.#inner.send(...args);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /**
   * What the client was answered to `initialize`, when it has been, with the list of tools as it is then. It resolves
   * never for a client that does not begin so, and with undefined where the server refuses.
   */
  async firstResults(): Promise<FirstResults | undefined> {
    const initialized = await this.#initialized;
    const tools = await this.#ask("tools/list", {});
    return tools && { ...initialized, tools };
  }

  #look(message: JSONRPCMessage): void {
    if (this.#told !== undefined || this.#initialize !== undefined) return;
    if (!("method" in message) || !("id" in message) || message.method !== "initialize") return;
    this.#initialize = { id: message.id, params: message.params ?? {} };
  }

  #repeat({ params, tools }: ToldClient): void {
    void this.#ask("initialize", params).then((initialize) => {
      if (initialize !== undefined) this.#noteInitialized({ params, initialize });
    });
    if (tools === undefined) return;
    void this.#ask("tools/list", {}).then((now) => {
      if (now === undefined || isDeepStrictEqual(JSON.parse(JSON.stringify(now)), tools)) return;
      const news = { jsonrpc: "2.0", method: "notifications/tools/list_changed" } as const;
      this.#inner.send(news).catch((error: Error) => this.onerror?.(error));
    });
  }

  /** Asks the server as if its client did. */
  #ask(method: string, params: object): Promise<object | undefined> {
    const id = `codecell-${randomUUID()}`;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.onmessage?.({ jsonrpc: "2.0", id, method, params: { ...params } });
    });
  }
}
