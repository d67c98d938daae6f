import type { McpClientCapabilities } from "../client/servers.js";

/** A message of a client, unchecked. */
interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: {
    readonly capabilities?: unknown;
    readonly requestId?: unknown;
    readonly notifications?: { readonly resourceSubscriptions?: unknown };
    readonly _meta?: Readonly<Record<string, unknown>>;
  };
}

/**
 * What servers may ask a client for, as its first message says, with or without a session; undefined where
 * the message does not say.
 */
export function clientCapabilitiesIn(message: unknown): McpClientCapabilities | undefined {
  const { method, params } = (message ?? {}) as Message;
  const declared =
    method === "initialize"
      ? (params?.capabilities ?? {})
      : params?._meta?.["io.modelcontextprotocol/clientCapabilities"];
  if (typeof declared !== "object" || declared === null) return undefined;
  const { elicitation, sampling, roots } = declared as McpClientCapabilities;
  return {
    ...(elicitation && { elicitation }),
    ...(sampling && { sampling }),
    ...(roots && { roots }),
  };
}

/** The resources that a client without a session wants to know of from now on, and by which id. */
export function subscriptionIn(
  message: unknown,
): { readonly id: unknown; readonly uris: readonly string[] } | undefined {
  const { id, method, params } = (message ?? {}) as Message;
  if (method !== "subscriptions/listen") return undefined;
  const uris = params?.notifications?.resourceSubscriptions;
  if (!Array.isArray(uris)) return undefined;
  return { id, uris: uris.filter((uri) => typeof uri === "string") };
}

/** The id of the request that a message takes back. */
export function cancelledIn(message: unknown): unknown {
  const { method, params } = (message ?? {}) as Message;
  return method === "notifications/cancelled" ? params?.requestId : undefined;
}
