import type { Server } from "@modelcontextprotocol/server";
import { checkOptionsObject, invalidOption } from "../../base/option-checks.js";
import { packageVersion } from "../../base/package-version.js";
import type { ModelToolsOptions } from "../../model/model-tools.js";
import type { Session } from "../../session/session.js";
import { serveTools } from "./serve-tools.js";
import { loadServerSdk } from "./server-sdk.js";

/** Options of `createMcpServer`. */
export interface McpServerOptions extends ModelToolsOptions {
  /** What the server calls itself. Default: `codecell`. */
  readonly name?: string | undefined;
  /** Default: this package's version. */
  readonly version?: string | undefined;
  /** What clients may put into the model's prompt. Default: two sentences on exec and wait. */
  readonly instructions?: string | undefined;
  /** Lists of tools and calls wait until it has settled: tools may still be on their way. */
  readonly ready?: Promise<unknown> | undefined;
}

export const defaultInstructions: string =
  "exec runs a JavaScript program in which tools are async functions; prefer one program that calls several tools, and works on their results, to many small ones. wait gives more of a program that still runs.";

/**
 * Makes an MCP server that offers exec and wait of a session: the official SDK's `Server`
 * (`@modelcontextprotocol/server`, which you install), to be connected to one transport. It serves both eras of the
 * protocol, so it can be what `serveStdio` and `createMcpHandler` ask their factory for; servers of
 * one session know each other's cells.
 *
 * About tool calls that need approval, the `onApproval` of the session and its runtime decide; where they
 * decide nothing, or there is none, the person at the client is asked through elicitation.
 *
 * Progress is told each second where the client asks for it; `notify` in a cell becomes a log message
 * and progress of the request that the cell is waited for with. Cancelling a request of exec terminates its
 * cell; cancelling one of wait leaves it alone. When the session gets other tools, call `sendToolListChanged()`.
 *
 * ```js
 * const server = await createMcpServer(session);
 * await server.connect(new StdioServerTransport());
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION. ERR_PACKAGE_MISSING if the SDK's server is not
 *   installed.
 */
export async function createMcpServer(
  session: Session,
  options: McpServerOptions = {},
): Promise<Server> {
  checkMcpServerOptions(options);
  const { name = "codecell", version, instructions, ready, ...modelOptions } = options;
  const { Server } = await loadServerSdk();
  const server = new Server(
    { name, version: version ?? packageVersion() },
    {
      capabilities: { tools: { listChanged: true }, logging: {} },
      instructions: instructions ?? defaultInstructions,
    },
  );
  await serveTools(server, session, { ...modelOptions, ready });
  return server;
}

function checkMcpServerOptions(options: McpServerOptions): void {
  checkOptionsObject("the options of createMcpServer", options, [
    "name",
    "version",
    "instructions",
    "ready",
    "description",
    "describeTools",
    "codeOnly",
    "typescript",
    "countTokens",
    "media",
    "abort",
  ]);
  for (const key of ["name", "version", "instructions"] as const) {
    const value: unknown = options[key];
    if (value !== undefined && typeof value !== "string") {
      throw invalidOption(key, "a string", value);
    }
  }
}
