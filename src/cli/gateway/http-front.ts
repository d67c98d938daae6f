import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { type AccessRules, refuse } from "../../mcp/gateway/access.js";
import type { Gateway } from "../../mcp/gateway/gateway.js";
import { HttpClients } from "../../mcp/gateway/http-clients.js";
import { whenAborted } from "../interrupt.js";
import type { SessionContext } from "../open-session.js";
import type { McpCommandOptions } from "./gateway-options.js";
import { type HttpAddress, isLoopback } from "./listen-address.js";
import { ListenError } from "./listen-error.js";
import { listenReason } from "./listen-reason.js";

const tokenVariable = "CODECELL_MCP_TOKEN";

/** Given to the handler as a body, so that it does not collect the real one, which `HttpClients` reads. */
const bodyReadElsewhere = {};

/** Serves clients over streamable HTTP until the command is interrupted. */
export async function serveHttp(
  gateway: Gateway,
  address: HttpAddress,
  by: { readonly options: McpCommandOptions; readonly context: SessionContext },
): Promise<void> {
  const { context, options } = by;
  const { signal } = context.interrupt;
  const rules: AccessRules = {
    isLoopback: isLoopback(address),
    token: tokenFor(address),
    allowedOrigins: options.allowOrigin ?? [],
  };
  const clients = new HttpClients(gateway, options.idle);
  const serve = async (request: Request, incoming: IncomingMessage): Promise<Response> => {
    const refusal = refuse(request, rules);
    if (refusal !== undefined) return refusal;
    if (new URL(request.url).pathname !== address.path) {
      return new Response(
        `There is nothing at this path. The MCP server is at ${address.path}.\n`,
        { status: 404 },
      );
    }
    return clients.serve(request, incoming.iterator({ destroyOnReturn: false }));
  };
  const http = createServer((incoming, response) => {
    const handler = toNodeHandler({ fetch: (request) => serve(request, incoming) });
    // Its type knows no requests without a method.
    void handler(incoming as Parameters<typeof handler>[0], response, bodyReadElsewhere);
  });
  try {
    const port = await listen(http, address);
    announce(context, { ...address, port }, rules);
    await Promise.race([whenAborted(signal), gateway.failed()]);
  } finally {
    await clients.close();
    http.close();
    http.closeAllConnections();
  }
}

/** The variable's; a new one where the machine can be reached from others; else none is needed. */
function tokenFor(address: HttpAddress): string | undefined {
  const given = process.env[tokenVariable];
  if (given) return given;
  return isLoopback(address) ? undefined : randomBytes(24).toString("base64url");
}

async function listen(http: HttpServer, { host, port }: HttpAddress): Promise<number> {
  const listening = once(http, "listening");
  http.listen({ host, port });
  try {
    await listening;
  } catch (error) {
    throw new ListenError(`cannot listen at ${host}:${port}: ${listenReason(error)}`, {
      cause: error,
    });
  }
  return (http.address() as AddressInfo).port;
}

function announce(
  { terminal }: SessionContext,
  address: HttpAddress,
  { token }: AccessRules,
): void {
  const { style } = terminal;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  const url = `http://${host}:${address.port}${address.path}`;
  terminal.note(`${style.cyan("▶")} ${style.bold(url)} ${style.dim("Ctrl-C ends it")}`);
  if (token !== undefined && token !== process.env[tokenVariable]) {
    terminal.note(
      `${style.yellow("●")} other machines may reach this address, so each request needs the header:\n  Authorization: Bearer ${token}`,
    );
  }
}
