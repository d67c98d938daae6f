import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { boundedFetch } from "./bounded-fetch.js";
import type { McpHttpServerConfig } from "./config.js";
import { storedLoginProvider } from "./login-provider.js";
import { LoginStore } from "./login-store.js";

/** The way to a server that runs already, with the login there where there is one. */
export function httpTransport(
  { url, headers = {} }: McpHttpServerConfig,
  { logins = false }: { readonly logins?: boolean | undefined },
): StreamableHTTPClientTransport {
  const hasToken = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  const authProvider = logins && !hasToken ? storedLoginProvider(new LoginStore(url)) : undefined;
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    fetch: boundedFetch,
    ...(authProvider && { authProvider }),
  });
}
