import { once } from "node:events";
import type { RouteCall } from "./route.js";

/** Milliseconds in which a client must read something of what it is sent. */
export const readTimeoutMs = 60_000;

/**
 * Answers with texts that are made one after the other: the next when the reader has taken those before it. What
 * is wrong with the first page is told with a status; a later one that cannot be made cuts the answer short.
 */
export async function sendPages<Page>(
  { response, gone }: Pick<RouteCall, "response" | "gone">,
  contentType: string,
  pages: AsyncIterable<Page>,
  textOf: (page: Page) => string,
): Promise<void> {
  response.setTimeout(readTimeoutMs, () => response.destroy());
  for await (const page of pages) {
    if (gone.aborted) return;
    if (!response.headersSent) response.writeHead(200, { "content-type": contentType });
    if (response.write(textOf(page))) continue;
    try {
      await once(response, "drain", { signal: gone });
    } catch {
      // Who has asked does not read it to its end.
      return;
    }
  }
  response.end();
}
