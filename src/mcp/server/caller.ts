import type { Server, ServerContext } from "@modelcontextprotocol/server";

/** Who asks: the server that got the request, and the request. */
export interface Caller {
  readonly server: Server;
  readonly context: ServerContext;
}

/** Calls back when the client takes the request back, until disposed. */
export function onAbort({ context }: Caller, callback: () => void): Disposable {
  const { signal } = context.mcpReq;
  if (signal.aborted) callback();
  signal.addEventListener("abort", callback);
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", callback) };
}
