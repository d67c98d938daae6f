import { describeThrown } from "../../base/describe-value.js";
import type {
  NamedTool,
  ToolApproval,
  ToolContext,
  ToolDefinition,
} from "../../tools/tool-definition.js";
import { toToolNames } from "../../tools/tool-names.js";
import { type McpApproval, mcpToolApproval } from "./approval.js";
import type { FoundResource, ResourceDirectory, ResourceServer } from "./resource-directory.js";
import { mcpResourceValue } from "./resource-value.js";

export interface ResourceToolsOptions {
  /** What happens to calls, whichever server they are for; a server may have a stricter policy. */
  readonly approval: McpApproval | undefined;
  /** Of the two tools, which the caller puts into it. Default: they have none. */
  readonly namespace?: string | undefined;
}

/** The tools with which cells list and read the resources of MCP servers. */
export function resourceTools(
  directory: ResourceDirectory,
  options: ResourceToolsOptions,
): readonly NamedTool[] {
  return [
    {
      approval: approvalOf("read_resource", options, async (input) => {
        const routes = await directory.routes((input as { uri: string }).uri);
        return routes.map(({ server }) => server);
      }),
      name: "read_resource",
      description:
        "Reads a resource of an MCP server, such as a resource_link in a result names. Gives a text as a string; an image or a sound as a block for image(), audio() or content(); anything else, and several parts, as { content: […] }.",
      inputSchema: {
        type: "object",
        properties: { uri: { type: "string", description: "The resource's URI." } },
        required: ["uri"],
        additionalProperties: false,
      },
      execute: async (input: unknown, context: ToolContext) => {
        const { uri } = input as { uri: string };
        const { signal } = context;
        return mcpResourceValue(await directory.read(uri, { cause: context, signal }));
      },
    },
    {
      approval: approvalOf("list_resources", options, (input) => {
        const { server } = (input ?? {}) as { server?: string };
        return directory.servers.filter(({ name }) => server === undefined || name === server);
      }),
      name: "list_resources",
      description: "Lists the resources of MCP servers, and the templates of URIs of more.",
      inputSchema: {
        type: "object",
        properties: {
          server: { type: "string", description: "Only those of this server. Default: of all." },
        },
        additionalProperties: false,
      },
      outputSchema: {
        type: "object",
        properties: {
          resources: { type: "array", items: entrySchema("uri") },
          templates: { type: "array", items: entrySchema("uriTemplate") },
          failed: { type: "array", items: failedSchema },
        },
        required: ["resources", "templates"],
      },
      execute: async (input: unknown, context: ToolContext) => {
        const { server } = (input ?? {}) as { server?: string };
        const wanted = namesOf(directory, server);
        const options = { cause: context, signal: context.signal };
        const failures = new Map<string, unknown>();
        const onFailure = (name: string, error: unknown): void => {
          if (wanted.includes(name)) failures.set(name, error);
        };
        const [resources, templates] = await Promise.all([
          directory.list("resources", options, onFailure),
          directory.list("templates", options, onFailure),
        ]);
        if (failures.size > 0 && failures.size === wanted.length) throw failureOf(failures);
        const isWanted = (found: FoundResource): boolean => wanted.includes(found.server);
        return {
          resources: resources.filter(isWanted).map((found) => toEntry(found, "uri")),
          templates: templates.filter(isWanted).map((found) => toEntry(found, "uriTemplate")),
          ...(failures.size > 0 && { failed: [...failures].map(toFailed) }),
        };
      },
    },
  ];
}

/** Of servers whose lists are missing; left out where none is. */
const failedSchema = {
  type: "object",
  properties: { server: { type: "string" }, reason: { type: "string" } },
  required: ["server", "reason"],
};

/** @throws {Error} If no server of that name has resources. */
function namesOf({ servers }: ResourceDirectory, wanted: string | undefined): readonly string[] {
  const names = servers.map(({ name }) => name);
  if (wanted === undefined) return names;
  if (names.includes(wanted)) return [wanted];
  const known = names.map((name) => JSON.stringify(name)).join(", ");
  throw new Error(`No server ${JSON.stringify(wanted)} has resources; those that have: ${known}.`);
}

function toFailed([server, error]: readonly [string, unknown]): object {
  return { server, reason: describeThrown(error) };
}

function failureOf(failures: ReadonlyMap<string, unknown>): unknown {
  const [[name, error], ...others] = [...failures] as [[string, unknown], ...[string, unknown][]];
  if (others.length === 0) return error;
  const reasons = [[name, error] as const, ...others].map(
    ([server, reason]) => `${server}: ${describeThrown(reason)}`,
  );
  return new Error(`No server could list its resources: ${reasons.join("; ")}`);
}

/** The servers that a call with this input is for. */
type ServersOf = (input: unknown) => readonly ResourceServer[] | Promise<readonly ResourceServer[]>;

/** The strictest policy of the servers that a call is for. */
function approvalOf(
  name: string,
  { approval, namespace }: ResourceToolsOptions,
  serversOf: ServersOf,
): ToolDefinition["approval"] {
  const names = [name, toToolNames(name, namespace ?? "").name];
  const tool = { names, annotations: { readOnlyHint: true } };
  return async (input: unknown): Promise<ToolApproval> => {
    const approvals = (await serversOf(input)).map((server) => server.approval);
    return mcpToolApproval(tool, [approval, ...approvals]) ?? "auto";
  };
}

function toEntry({ server, uri, entry }: FoundResource, key: "uri" | "uriTemplate"): object {
  const { name, title, description, mimeType, size } = entry;
  return { server, [key]: uri, name, title, description, mimeType, size };
}

function entrySchema(key: "uri" | "uriTemplate"): object {
  const text = { type: "string" };
  return {
    type: "object",
    properties: {
      server: text,
      [key]: text,
      name: text,
      title: text,
      description: text,
      mimeType: text,
      ...(key === "uri" && { size: { type: "number", description: "In bytes." } }),
    },
    required: ["server", key, "name"],
  };
}
