import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CellEvent, CodeMode, CodeModeOptions, Session } from "../../src/index.js";
import { CodeModeError } from "../../src/index.js";
import { DurableRuntimes } from "./durable-runtimes.js";

export const serverToken = "token-of-the-test";

interface Body {
  readonly source: string;
  readonly requestId?: string;
  readonly yieldAfterMs?: number;
  readonly after?: number;
  readonly verdict?: "approve" | "deny";
  readonly note?: string;
}

/** The pages of `codecell serve` that its client uses, in front of a real runtime with a store. */
export class CellServer implements AsyncDisposable {
  readonly #runtimes = new DurableRuntimes();
  readonly #codeMode: CodeMode;
  readonly #sessions = new Map<string, Session>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  /** The methods and paths that were asked for. */
  readonly asked: string[] = [];
  /** May answer instead; called for each request. */
  onRequest: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Called with each event before it is sent. */
  onEvent: (event: CellEvent, response: ServerResponse) => void = () => {};
  /** Called before the answer to an exec, wait or terminate is sent; true if that has dealt with it. */
  onAnswer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;

  private constructor(runtimes: DurableRuntimes, codeMode: CodeMode) {
    this.#runtimes = runtimes;
    this.#codeMode = codeMode;
  }

  static async start(options: CodeModeOptions = {}): Promise<CellServer> {
    const runtimes = new DurableRuntimes();
    const made = new CellServer(runtimes, await runtimes.next(options));
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#runtimes[Symbol.asyncDispose]();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(`${request.method} ${request.url}`);
    if (this.onRequest(request, response)) return;
    try {
      if (request.headers.authorization !== `Bearer ${serverToken}`) {
        throw new CodeModeError("ERR_UNAUTHORIZED", "This key is not known.");
      }
      const url = new URL(request.url ?? "", this.url);
      const path = url.pathname.split("/").slice(2).map(decodeURIComponent);
      const text = await textOf(request);
      const body = (text === "" ? {} : JSON.parse(text)) as Body;
      const isStream = request.headers.accept?.includes("text/event-stream") === true;
      if (isStream) await this.#stream(request, response, path, body);
      else sendJson(response, 200, await this.#plain(request, path, body));
    } catch (thrown) {
      const { code, message } = thrown as CodeModeError;
      const status = code === "ERR_UNAUTHORIZED" ? 401 : 400;
      if (!response.headersSent) sendJson(response, status, { error: { code, message } });
    }
  }

  async #stream(
    request: IncomingMessage,
    response: ServerResponse,
    [, name = "", , cellId = "", action]: readonly string[],
    { source, after, yieldAfterMs, requestId }: Body,
  ): Promise<void> {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const send = (event: string, data: unknown): void =>
      void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    try {
      const session = this.#session(name);
      const observation = { yieldAfterMs, yieldSignal: gone.signal };
      const outcome =
        action === "wait"
          ? await session.wait(cellId, { ...observation, after })
          : await session.exec(source, {
              ...observation,
              requestId,
              onCellId: (id) => send("accepted", { cellId: id }),
              onEvent: (event) => {
                this.onEvent(event, response);
                send("cell", event);
              },
            });
      if (this.onAnswer(request, response)) return;
      send("outcome", outcome);
    } catch (thrown) {
      const { code, message } = thrown as CodeModeError;
      send("error", { error: { code, message, requestId: "r-1" } });
    }
    response.end();
  }

  async #plain(request: IncomingMessage, path: readonly string[], body: Body): Promise<unknown> {
    const [room, name = "", what, cellId = ""] = path;
    if (room === "approvals" && name === "") return { approvals: await this.#codeMode.approvals() };
    if (room === "approvals") {
      const { verdict = "deny", note } = body;
      return this.#codeMode.decide(name, { verdict, note, by: "somebody" });
    }
    if (what === "values") return { values: await this.#session(name).storedValues() };
    if (what === "cells" && cellId !== "") {
      const outcome = await this.#session(name).terminate(cellId);
      if (this.onAnswer(request, {} as ServerResponse)) request.socket.destroy();
      return outcome;
    }
    throw new CodeModeError("ERR_NOT_FOUND", "There is no such page.");
  }

  #session(id: string): Session {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = this.#codeMode.openSession({ id });
      this.#sessions.set(id, session);
    }
    return session;
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
