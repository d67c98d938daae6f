import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { NamedTool } from "../../src/index.js";
import { webhookTools } from "../../src/server/webhooks/webhook-tools.js";

const cert = readFileSync("test/fixtures/tls/localhost-cert.pem", "utf8");
const key = readFileSync("test/fixtures/tls/localhost-key.pem", "utf8");
export const secret: string = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

interface Asked {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

/** An endpoint of an operator: HTTPS, with a certificate that only the test trusts. */
export class Endpoint implements AsyncDisposable {
  readonly #server: Server;
  readonly asked: Asked[] = [];

  private constructor(answer: Answer) {
    this.#server = createServer({ cert, key }, async (request, response) => {
      let body = "";
      for await (const part of request.setEncoding("utf8")) body += part;
      const asked = { headers: request.headers, body };
      this.asked.push(asked);
      answer(response, asked);
    });
  }

  static async start(answer: Answer): Promise<Endpoint> {
    const endpoint = new Endpoint(answer);
    await new Promise<void>((resolve) => endpoint.#server.listen(0, "127.0.0.1", resolve));
    return endpoint;
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}/hook?a=1`;
  }

  /** The tool of a webhook here. */
  tool(more: object = {}): NamedTool {
    const webhook = { name: "refund", url: this.url, secret, ...more };
    const [made] = webhookTools([webhook], { name: "serve.json", env: {}, ca: cert });
    if (made === undefined) throw new Error("there is no tool");
    return made.tool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function answer(status: number, type: string, text: string): Answer {
  return (response) => void response.writeHead(status, { "content-type": type }).end(text);
}
