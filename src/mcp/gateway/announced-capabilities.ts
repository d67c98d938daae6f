import type { ServerCapabilities } from "@modelcontextprotocol/server";
import type { ConnectedMcpServer, McpServerCapabilities } from "../client/servers.js";

/** Milliseconds a client's first request waits for servers, so that it is told what they have. */
const defaultPatienceMs = 5_000;

/**
 * What a client is told that the gateway has: tools and log messages, and prompts, resources and completion
 * where some server has them. Where servers take longer to start than a client is kept waiting, all of it.
 */
export async function announcedCapabilities(
  ready: Promise<unknown>,
  servers: () => readonly Pick<ConnectedMcpServer, "capabilities">[],
  patienceMs: number = defaultPatienceMs,
): Promise<ServerCapabilities> {
  const isReady = await settlesWithin(ready, patienceMs);
  const has = servers().map(({ capabilities }) => capabilities ?? {});
  const some = (test: (capabilities: McpServerCapabilities) => unknown): boolean =>
    !isReady || has.some((capabilities) => test(capabilities) !== undefined);
  const subscribe = !isReady || has.some(({ resources }) => resources?.subscribe === true);
  return {
    tools: { listChanged: true },
    logging: {},
    ...(some(({ prompts }) => prompts) && { prompts: { listChanged: true } }),
    ...(some(({ resources }) => resources) && { resources: { listChanged: true, subscribe } }),
    ...(some(({ completions }) => completions) && { completions: {} }),
  };
}

/** Whether a promise settles before the time has passed. Resolves at the latest then. */
export function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const settled = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settled, settled);
  });
}
