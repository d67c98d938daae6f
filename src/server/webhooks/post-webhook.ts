import { type Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { JsonScan } from "../../base/json-scan.js";
import { maxMessageValues } from "../../mcp/client/message-limits.js";

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

/** Whether an answer of this type is read as JSON. */
export function isJsonType(type: string): boolean {
  return type === "application/json" || type.endsWith("+json");
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
      const type = typeOf(response);
      const isJson = isJsonType(type);
      let left = maxBytes;
      const giveUp = (what: string): void => {
        fail(new Error(`it answers with more than ${what}`));
        request.destroy();
      };
      response.on("data", (part: Buffer) => {
        left -= part.length;
        parts.push(part);
        if (left < 0) return giveUp(`${maxBytes} bytes`);
        // What has more takes longer to parse than the event loop may stand still.
        if (isJson) scan.push(part);
        if (scan.values > maxMessageValues) giveUp(`${maxMessageValues} values, keys included`);
      });
      response.on("error", fail);
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          type,
          text: Buffer.concat(parts).toString("utf8"),
        });
      });
    });
    request.on("error", fail);
    request.end(body);
  });
}

function typeOf({ headers }: IncomingMessage): string {
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  return type.trim().toLowerCase();
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
