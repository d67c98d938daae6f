import { toCachedServer } from "./cached-server.js";
import { withMcpClient } from "./client-package.js";
import type { McpServerConfig } from "./config.js";
import {
  type KeepServerOptions,
  KeptServer,
  type KnownServer,
  type Restart,
} from "./kept-server.js";
import { listMcpTools } from "./mcp-tools.js";
import type { OpenServer } from "./open-server-options.js";
import { ServerGroup, type ServerGroupOptions } from "./server-group.js";
import type { ConnectMcpOptions, McpServers } from "./servers.js";
import type { CachedFile, ToolCache } from "./tool-cache.js";
import type { OnMcpWarning } from "./warnings.js";

export const defaultStartTimeoutMs = 30_000;

/** Servers that are started again whenever they are down. */
export interface KeptServers {
  /** They may not have been started yet; then they have the tools of the cache. */
  readonly servers: McpServers;
  /** Resolves when each server runs, or has failed once to start; never rejects. */
  readonly tried: Promise<void>;
  /** The files of the cache that know these servers; undefined where one is not known. */
  cached(): Promise<readonly CachedFile[] | undefined>;
}

export interface KeepServersOptions extends ConnectMcpOptions {
  readonly onWarning: OnMcpWarning;
  readonly restart: Restart;
  /** Has what servers listed when they last ran, and gets what they list. Default: none. */
  readonly cache?: ToolCache | undefined;
  /** Servers that the cache knows are started when this has settled. Default: at once. */
  readonly startWhen?: Promise<unknown> | undefined;
}

/**
 * Starts servers and resolves when the tools of each are known: from the cache, or because it runs or has
 * failed once to start.
 */
export async function keepServers(
  servers: readonly (readonly [name: string, config: McpServerConfig])[],
  options: KeepServersOptions,
  shared: ServerGroupOptions,
): Promise<KeptServers> {
  const kept = await Promise.all(
    servers.map(async ([name, config]) => {
      const known = await readKnown(name, config, options);
      return { known, server: new KeptServer(name, config, keepOptions(config, known, options)) };
    }),
  );
  const tried = Promise.all(kept.map(({ server }) => server.triedOnce)).then(() => undefined);
  const unknown = kept.filter(({ known }) => known === undefined);
  await Promise.all(unknown.map(({ server }) => server.triedOnce));
  const group = new ServerGroup(
    kept.map(({ server }) => server),
    shared,
  );
  const cached = async (): Promise<readonly CachedFile[] | undefined> => {
    const files = await Promise.all(servers.map(([, config]) => options.cache?.contentOf(config)));
    const known = files.filter((file) => file !== undefined);
    return known.length === files.length ? known : undefined;
  };
  return { servers: group, tried, cached };
}

function keepOptions(
  config: McpServerConfig,
  known: KnownServer | undefined,
  { cache, startWhen, ...options }: KeepServersOptions,
): KeepServerOptions {
  return {
    startTimeoutMs: defaultStartTimeoutMs,
    ...options,
    open: openLater,
    ...(known && { known, startWhen }),
    ...(cache && {
      onKnown: (tools, server) => void cache.write(config, toCachedServer(tools, server)),
    }),
  };
}

/** Loads the official client when the first server is started, and not before. */
const openLater: OpenServer = async (...args) => {
  const { openServer } = await withMcpClient(() => import("./open-server.js"));
  return openServer(...args);
};

/** Reads the tools of the cache as if the server had listed them. */
async function readKnown(
  name: string,
  config: McpServerConfig,
  { cache, approval, results, onWarning }: KeepServersOptions,
): Promise<KnownServer | undefined> {
  const cached = cache?.read(config);
  if (cached === undefined) return undefined;
  const { instructions, capabilities } = cached;
  const refuse = (): Promise<never> => Promise.reject(new Error(`"${name}" has not been started`));
  try {
    const tools = await listMcpTools(
      {
        requests: {
          list: () => Promise.resolve({ tools: cached.tools }),
          call: refuse,
          callAsTask: refuse,
        },
        instructions: () => instructions,
      },
      {
        server: name,
        enabledTools: config.enabledTools,
        disabledTools: config.disabledTools,
        results,
        onWarning,
      },
      [config.approval, approval],
    );
    return { tools, instructions, capabilities };
  } catch {
    // More tools than any list may have, say: then the server has to be asked.
    return undefined;
  }
}
