import { randomUUID } from "node:crypto";
import type { Server } from "@modelcontextprotocol/server";
import { asItCame, type McpResult, noTimeoutMs } from "../as-it-came.js";
import type { AskQueue } from "./ask-queue.js";
import { type Caller, isModern } from "./caller.js";
import type { Ask } from "./reach.js";

/** How one client can be asked. */
export interface AskedClient {
  readonly server: Server;
  /** One of its requests that is under way. */
  readonly caller: Caller | undefined;
  /** What goes with the next answer to it; undefined where it takes requests. */
  readonly asks: AskQueue | undefined;
}

/** Asks a client as its protocol has it. */
export function askClient({ server, caller, asks }: AskedClient, ask: Ask): Promise<McpResult> {
  if (asks !== undefined) return asks.ask(ask);
  const { method, signal } = ask;
  const request = { method, params: toParams(ask) };
  const options = { signal, timeout: noTimeoutMs };
  return caller === undefined || isModern(caller)
    ? server.request(request, asItCame, options)
    : caller.context.mcpReq.send(request, asItCame, options);
}

/** Clients until 2025-11-25 want an id of a page to open, which later servers do not give. */
function toParams({ method, params }: Ask): Record<string, unknown> {
  const isPage = method === "elicitation/create" && params["mode"] === "url";
  const isWithoutId = isPage && params["elicitationId"] === undefined;
  return { ...params, ...(isWithoutId && { elicitationId: randomUUID() }) };
}
