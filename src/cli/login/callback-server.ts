import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the browser brings back. */
export interface Callback {
  readonly code: string;
  /** Who says so; not all servers tell. */
  readonly iss: string | undefined;
}

const path = "/callback";

/** Waits on loopback for a browser to come back from a login. */
export class CallbackServer implements AsyncDisposable {
  readonly #server: Server;
  #expectedState = "";
  #settle: { resolve(callback: Callback): void; reject(error: Error): void } | undefined;

  private constructor() {
    this.#server = createServer((request, response) => this.#take(request.url ?? "", response));
  }

  static async open(): Promise<CallbackServer> {
    const callbacks = new CallbackServer();
    await new Promise<void>((resolve, reject) => {
      callbacks.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return callbacks;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${path}`;
  }

  /**
   * Resolves with what the browser brings.
   *
   * @param state - What a request must contain too; a request without it is refused.
   * @throws {Error} Where the login was refused, or the signal is aborted.
   */
  next(state: string, signal: AbortSignal): Promise<Callback> {
    this.#expectedState = state;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      if (signal.aborted) onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      this.#settle = { resolve, reject };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #take(target: string, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(target, "http://127.0.0.1");
    const hasState =
      this.#expectedState !== "" && searchParams.get("state") === this.#expectedState;
    const code = searchParams.get("code");
    if (pathname !== path) {
      answer(response, 404, "There is nothing here.");
    } else if (!hasState) {
      answer(response, 400, "This is not the login that codecell waits for.");
    } else if (code === null) {
      const why = searchParams.get("error_description") ?? searchParams.get("error") ?? "no code";
      answer(response, 400, "The login was refused. You can close this page.");
      this.#settle?.reject(new Error(why));
    } else {
      answer(response, 200, "You are logged in. You can close this page.");
      this.#settle?.resolve({ code, iss: searchParams.get("iss") ?? undefined });
    }
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(`${text}\n`);
}
