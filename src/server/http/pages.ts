import type { IncomingMessage, ServerResponse } from "node:http";

/** Headers of requests that a page may send besides those that browsers always let it send. */
const requestHeaders = [
  "authorization",
  "content-type",
  "idempotency-key",
  "last-event-id",
  "mcp-protocol-version",
  "mcp-session-id",
  "x-request-id",
];

/** Headers of answers that a page may read besides those that browsers always let it read. */
const answerHeaders = ["mcp-session-id", "retry-after", "x-request-id"];

/** Seconds for which a browser need not ask again whether it may send a request. */
const maxAge = 600;

/**
 * Tells the browser that a page of another origin may read the answer (CORS), and answers its question whether
 * the page may send the request.
 *
 * @param hosts - Whose pages may.
 * @returns Whether that was the question, which is answered now.
 */
export function answerPage(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  hosts: readonly string[],
): boolean {
  const { origin = "" } = headers;
  if (!URL.canParse(origin) || !hosts.includes(new URL(origin).hostname)) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("vary", "origin");
  response.setHeader("access-control-expose-headers", answerHeaders.join(", "));
  if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) return false;
  response.setHeader("access-control-allow-methods", "GET, POST, DELETE");
  response.setHeader("access-control-allow-headers", requestHeaders.join(", "));
  response.setHeader("access-control-max-age", maxAge);
  response.writeHead(204).end();
  return true;
}
