import { auth, extractWWWAuthenticateParams } from "@modelcontextprotocol/client";
import type { LoginProvider } from "./login-provider.js";

/** What a server says about its login. */
export interface LoginChallenge {
  readonly resourceMetadataUrl?: URL;
  readonly scope?: string;
}

/**
 * Asks a server without a login, to hear what login it wants.
 *
 * @throws Where it cannot be reached.
 */
export async function askForLogin(url: string, signal: AbortSignal): Promise<LoginChallenge> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
    signal,
  });
  await response.body?.cancel();
  if (response.status !== 401) return {};
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
  return {
    ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
    ...(scope !== undefined && { scope }),
  };
}

/**
 * Sends the person to the server's page, and fetches tokens for what they bring back.
 *
 * @param next - Resolves with what the browser brings.
 * @throws What the server or the person has refused.
 */
export async function logIn(
  provider: LoginProvider,
  challenge: LoginChallenge,
  next: Promise<{ readonly code: string; readonly iss: string | undefined }>,
): Promise<void> {
  const request = { serverUrl: provider.serverUrl, ...challenge };
  if ((await auth(provider, request)) !== "REDIRECT") return;
  const { code, iss } = await next;
  await auth(provider, { ...request, authorizationCode: code, ...(iss !== undefined && { iss }) });
}
