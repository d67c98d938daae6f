import { CodeModeError } from "../../base/errors.js";
import type { NamedTool } from "../../tools/tool-definition.js";
import { type McpResult, noTimeoutMs } from "../as-it-came.js";
import type { McpApproval } from "./approval.js";
import { ResourceDirectory } from "./resource-directory.js";
import { resourceTools } from "./resource-tools.js";
import { type McpClient, resourceRequests } from "./tool-requests.js";
import { spaceOf } from "./unique-names.js";

/**
 * The tools for the resources of the server behind one client; none where the server has no resources.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION if the client has no methods for resources.
 */
export function clientResourceTools(
  client: McpClient,
  { server, approval }: { readonly server: string; readonly approval?: McpApproval | undefined },
): readonly NamedTool[] {
  const send = resourceRequests(client);
  if (send === undefined) {
    throw new CodeModeError(
      "ERR_INVALID_OPTION",
      'The option "resources" needs a client with the methods listResources, listResourceTemplates and readResource.',
    );
  }
  const capabilities =
    client.getServerCapabilities === undefined ? { resources: {} } : client.getServerCapabilities();
  const directory = new ResourceDirectory();
  directory.use([
    {
      name: server,
      capabilities,
      request: async (method, params = {}, { signal } = {}) => {
        const options = { timeout: noTimeoutMs, ...(signal && { signal }) };
        // The directory sends no others.
        return (await send(method as Parameters<typeof send>[0], params, options)) as McpResult;
      },
    },
  ]);
  return directory.isUsed ? resourceTools(directory, { approval, namespace: spaceOf(server) }) : [];
}
