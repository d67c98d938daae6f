import { type Agent, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { JsonScan } from "../../base/json-scan.js";

/** Values of an answer, keys included: reading more would hold up all others. */
const maxValues = 200_000;

/** One request. */
export interface WebhookPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly agent: Agent;
}

export interface WebhookAnswer {
  readonly status: number;
  /** Without its parameters, in small letters; empty where there is none. */
  readonly type: string;
  readonly text: string;
}

/**
 * Sends a request and reads the whole answer. Redirects are answers like others: they are not followed.
 *
 * @throws {Error} If the other side cannot be reached, or answers with too much.
 * @throws The signal's reason when it is aborted.
 */
export function postWebhook(post: WebhookPost): Promise<WebhookAnswer> {
  const { url, headers, body, maxBytes, signal, agent } = post;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(signal.aborted ? signal.reason : error);
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const options = { method: "POST", headers: { ...headers, ...ownHeaders(body) }, agent, signal };
    const request = send(url, options, (response) => {
      const parts: Buffer[] = [];
      const scan = new JsonScan();
      response.on("data", (part: Buffer) => {
        scan.push(part);
        parts.push(part);
        const excess = excessOf(scan, maxBytes);
        if (excess === undefined) return;
        fail(new Error(`it answers with more than ${excess}`));
        request.destroy();
      });
      response.on("error", fail);
      response.on("end", () => {
        const [type = ""] = (response.headers["content-type"] ?? "").split(";");
        resolve({
          status: response.statusCode ?? 0,
          type: type.trim().toLowerCase(),
          text: Buffer.concat(parts).toString("utf8"),
        });
      });
    });
    request.on("error", fail);
    request.end(body);
  });
}

function excessOf({ bytes, values }: JsonScan, maxBytes: number): string | undefined {
  if (bytes > maxBytes) return `${maxBytes} bytes`;
  return values > maxValues ? `${maxValues} values, keys included` : undefined;
}

/** What is compressed would have no bound when it is read. */
function ownHeaders(body: string): Readonly<Record<string, string>> {
  return {
    accept: "application/json",
    "accept-encoding": "identity",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
  };
}
