import { once } from "node:events";
import type { Server } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createMcpServer } from "../../mcp.js";
import type { Gateway } from "./gateway.js";

/** Serves one client on standard input and output, until it leaves or the command is interrupted. */
export async function serveStandardStreams(gateway: Gateway): Promise<void> {
  const { options, context, ready } = gateway;
  const { signal } = context.interrupt;
  const session = gateway.openSession();
  let server: Server | undefined;
  const connection = serveStdio(async () => {
    // It is asked for once more where the first one was for a client's probe alone.
    server = await createMcpServer(session, { describeTools: options.describe, ready });
    return server;
  });
  gateway.onToolsChanged(() => {
    // A client that has just left needs no news.
    server?.sendToolListChanged().catch(() => undefined);
  });
  try {
    const ended = [
      once(process.stdin, "end", { signal }),
      once(process.stdin, "close", { signal }),
    ];
    await Promise.race([...ended, failed(ready)]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await gateway.closeSession(session);
    await connection.close();
  }
}

/** Rejects where the promise does, and never resolves. */
export function failed(promise: Promise<unknown>): Promise<never> {
  return new Promise((_resolve, reject) => {
    promise.catch(reject);
  });
}
