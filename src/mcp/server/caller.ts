import type { ClientCapabilities, Server, ServerContext } from "@modelcontextprotocol/server";

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

/** Since 2026-07-28 messages go with requests only, and what a server asks is part of an answer. */
export function isModern({ context }: Caller): boolean {
  return context.mcpReq.envelope !== undefined;
}

/** What the client can be asked for. */
export function capabilitiesOf({ server, context }: Caller): ClientCapabilities {
  const envelope = context.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const declared = envelope?.["io.modelcontextprotocol/clientCapabilities"];
  return (declared as ClientCapabilities | undefined) ?? server.getClientCapabilities() ?? {};
}
