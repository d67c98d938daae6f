import { callAsTask } from "./task-call.js";

/**
 * An MCP client, known by its shape: the `Client` of the official SDK, version 1 or 2, or anything
 * that lists and calls tools in the same way.
 */
export interface McpClient {
  listTools(params?: { cursor?: string }, ...rest: unknown[]): Promise<unknown>;
  callTool(params: McpToolCall, ...rest: unknown[]): Promise<unknown>;
  /** What the server says about itself; becomes the description of its namespace. */
  getInstructions?(): string | undefined;
  /** What the server has. Default: everything. */
  getServerCapabilities?(): { readonly tools?: unknown; readonly resources?: unknown } | undefined;
  /** These three are for the option `resources`. */
  listResources?(params?: { cursor?: string }, ...rest: unknown[]): Promise<unknown>;
  listResourceTemplates?(params?: { cursor?: string }, ...rest: unknown[]): Promise<unknown>;
  readResource?(params: { uri: string }, ...rest: unknown[]): Promise<unknown>;
}

export interface McpToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/** What is asked of a server about its tools. The answers are as the server gave them, unchecked. */
export interface ToolRequests {
  list(cursor: string | undefined, options: object): Promise<unknown>;
  call(call: McpToolCall, options: object): Promise<unknown>;
  /** Calls a tool that its server runs as a task only. */
  callAsTask(call: McpToolCall, options: object): Promise<unknown>;
}

/** What the official SDK's clients have besides. */
interface SdkClient extends McpClient {
  request(request: object, resultSchema: object, options: object): Promise<unknown>;
  getProtocolEra?(): string | undefined;
}

/** Methods of clients, by what they ask of servers. */
const resourceMethods = {
  "resources/list": "listResources",
  "resources/templates/list": "listResourceTemplates",
  "resources/read": "readResource",
} as const;

type ResourceMethod = (params: object, options: object) => Promise<unknown>;

/** A result schema that lets everything through, for both versions of the SDK. */
const anyResult: object = {
  safeParse: (data: unknown) => ({ success: true, data }),
  "~standard": { version: 1, vendor: "codecell", validate: (value: unknown) => ({ value }) },
};

/**
 * The SDK refuses a whole list for one odd tool, and throws the result of a call away that does not
 * fit the tool's output schema; so its clients are asked below their `listTools` and `callTool`.
 */
export function toolRequests(client: McpClient): ToolRequests {
  return isUnchanged(client, ["listTools", "callTool"])
    ? uncheckedRequests(client)
    : ownRequests(client);
}

/** Asks about a server's resources; undefined where the client cannot. */
export function resourceRequests(
  client: McpClient,
):
  | ((method: keyof typeof resourceMethods, params: object, options: object) => Promise<unknown>)
  | undefined {
  const methods = Object.values(resourceMethods);
  if (methods.some((method) => typeof client[method] !== "function")) return undefined;
  const isPlain = isUnchanged(client, methods);
  return (method, params, options) =>
    isPlain
      ? (client as SdkClient).request({ method, params }, anyResult, options)
      : (client[resourceMethods[method]] as ResourceMethod).call(client, params, options);
}

function uncheckedRequests(client: SdkClient): ToolRequests {
  return {
    list: async (cursor, options) => {
      // A server that says it has no tools need not know the method.
      if (client.getServerCapabilities?.()?.tools === undefined) return { tools: [] };
      const params = cursor === undefined ? {} : { params: { cursor } };
      return client.request({ method: "tools/list", ...params }, anyResult, options);
    },
    call: (params, options) => client.request({ method: "tools/call", params }, anyResult, options),
    callAsTask: (call, options) => callAsTask(client, call, { anyResult, options }),
  };
}

function ownRequests(client: McpClient): ToolRequests {
  // The second version of the SDK takes `(params, options?)`, the first `(params, resultSchema?,
  // options?)`. The second alone has `listen`; a look-alike tells by its parameter count.
  const isSecond =
    typeof (client as { listen?: unknown }).listen === "function" || client.callTool.length === 2;
  const call = (params: McpToolCall, options: object): Promise<unknown> =>
    isSecond ? client.callTool(params, options) : client.callTool(params, undefined, options);
  return {
    list: (cursor, options) =>
      // Without parameters the second version of the SDK walks the pages itself.
      client.listTools(cursor === undefined ? undefined : { cursor }, options),
    call,
    // What has been put in the place of `callTool` is called, and knows of tasks what it knows.
    callAsTask: call,
  };
}

/**
 * Whether this is the SDK's own client, none of whose methods has been replaced: what an embedder has put
 * in their place, as a filter or a log, is called. Since 2026-07-28 the methods add headers that servers
 * need.
 */
function isUnchanged(
  client: McpClient,
  methods: readonly (keyof McpClient)[],
): client is SdkClient {
  const own: unknown = Object.getPrototypeOf(client);
  const base: unknown = own === null ? null : Object.getPrototypeOf(own);
  if (!isObject(own) || !isObject(base) || !Object.hasOwn(base, "request")) return false;
  const areOwn = methods.every(
    (method) => Object.hasOwn(own, method) && client[method] === (own as McpClient)[method],
  );
  return areOwn && (client as SdkClient).getProtocolEra?.() !== "modern";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
