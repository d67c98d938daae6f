import { SSEClientTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { boundedFetch } from "./bounded-fetch.js";
import type { McpHttpServerConfig } from "./config.js";
import { storedLoginProvider } from "./login-provider.js";
import { LoginStore } from "./login-store.js";

/** The way to a server that runs already, with the login there where there is one. */
export function httpTransport(
  { type, url, headers = {} }: McpHttpServerConfig,
  { logins = false }: { readonly logins?: boolean | undefined },
): StreamableHTTPClientTransport | SSEClientTransport {
  const hasToken = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  const authProvider = logins && !hasToken ? storedLoginProvider(new LoginStore(url)) : undefined;
  const Transport = type === "sse" ? SSEClientTransport : StreamableHTTPClientTransport;
  return new Transport(new URL(url), {
    requestInit: { headers: { ...headers } },
    fetch: boundedFetch,
    ...(authProvider && { authProvider }),
  });
}
