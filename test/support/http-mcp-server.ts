import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** One request that a client has sent. */
export interface HttpMcpRequest {
  /** Of HTTP. */
  readonly verb: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the protocol; undefined where there was no message. */
  readonly method: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Answers a request: with its result, with `{ error }`, with `{ news, result }`, of which the client gets first the
 * messages and then the result, or in its own way, which is then all that the client
 * gets; undefined: as a server with the tool `ping` does.
 */
export type HttpMcpAnswer = (
  request: HttpMcpRequest,
  response: ServerResponse,
) => object | "answered" | undefined | Promise<object | "answered" | undefined>;

/** An MCP server over HTTP on loopback, whose answers a test gives. */
export class HttpMcpServer implements AsyncDisposable {
  /** Everything that was asked, in order. */
  readonly requests: HttpMcpRequest[] = [];
  readonly #server: Server;

  private constructor(answer: HttpMcpAnswer) {
    this.#server = createServer(async (incoming, response) => {
      const { id, method, params = {} } = JSON.parse((await text(incoming)) || "{}");
      const { headers, method: verb = "" } = incoming;
      const request = { verb, headers, method, params };
      this.requests.push(request);
      const result = (await answer(request, response)) ?? defaultAnswer(request);
      if (result === "answered") return;
      if (id === undefined) {
        response.writeHead(verb === "POST" ? 202 : 405).end();
        return;
      }
      const { news = [], ...rest } = result as { readonly news?: readonly object[] };
      const own = "error" in result || "news" in result ? rest : { result };
      const [last = "", ...others] = [{ id, ...own }, ...[...news].reverse()].map((message) =>
        JSON.stringify({ jsonrpc: "2.0", ...message }),
      );
      const type = "news" in result ? "text/event-stream" : "application/json";
      response.writeHead(200, { "content-type": type, "mcp-session-id": "session" });
      for (const other of others.reverse()) response.write(`data: ${other}\n\n`);
      response.end("news" in result ? `data: ${last}\n\n` : last);
    });
  }

  static async open(answer: HttpMcpAnswer = () => undefined): Promise<HttpMcpServer> {
    const server = new HttpMcpServer(answer);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function defaultAnswer({ method, params }: HttpMcpRequest): object {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params["protocolVersion"],
        capabilities: { tools: {} },
        serverInfo: { name: "http", version: "1.0.0" },
      };
    case "tools/list":
      return { tools: [{ name: "ping", inputSchema: { type: "object" } }] };
    case "tools/call":
      return { content: [{ type: "text", text: "pong" }] };
    default:
      return {};
  }
}
