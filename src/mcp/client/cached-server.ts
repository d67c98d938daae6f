import type { ListedTool } from "./listed-tool.js";
import type { McpServerCapabilities } from "./servers.js";

/** What a server said of itself when it last ran. */
export interface CachedServer {
  /** Entries of a list of tools, as the protocol has them; to be read like those of a server. */
  readonly tools: readonly unknown[];
  readonly instructions: string | undefined;
  readonly capabilities: McpServerCapabilities | undefined;
}

/** Keeps what `readCachedServer` reads. */
export function toCachedServer(
  tools: readonly ListedTool[],
  { instructions, capabilities }: Pick<CachedServer, "instructions" | "capabilities">,
): CachedServer {
  const entries = tools.map(({ isTask, ...tool }) => ({
    ...tool,
    ...(isTask && { execution: { taskSupport: "required" } }),
  }));
  return { tools: entries, instructions, capabilities: readCapabilities(capabilities) };
}

/** Undefined where the value is not what `toCachedServer` gave. */
export function readCachedServer(value: unknown): CachedServer | undefined {
  if (!isRecord(value)) return undefined;
  const { tools, instructions, capabilities } = value;
  if (!Array.isArray(tools)) return undefined;
  if (instructions !== undefined && typeof instructions !== "string") return undefined;
  return { tools, instructions, capabilities: readCapabilities(capabilities) };
}

/** Which capabilities there are, without what they say besides. */
function readCapabilities(value: unknown): McpServerCapabilities | undefined {
  if (!isRecord(value)) return undefined;
  const { tools, prompts, resources, completions, logging } = value;
  return {
    ...(isRecord(tools) && { tools: {} }),
    ...(isRecord(prompts) && { prompts: {} }),
    ...(isRecord(resources) && { resources: { subscribe: resources["subscribe"] === true } }),
    ...(isRecord(completions) && { completions: {} }),
    ...(isRecord(logging) && { logging: {} }),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
