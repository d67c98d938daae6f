import { CodeModeError } from "../../base/errors.js";

/**
 * Imports what needs the official MCP client. A package of its own has it, since most programs speak to no MCP
 * server; in a checkout it is part of the build.
 *
 * @throws {CodeModeError} ERR_PACKAGE_MISSING if that package is not installed.
 */
export async function withMcpClient<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    if (!isMissing || !message.includes("@codecell/mcp")) throw error;
    throw new CodeModeError(
      "ERR_PACKAGE_MISSING",
      "MCP servers need the package @codecell/mcp, which is not installed. Run `npm install @codecell/mcp`.",
      { cause: error },
    );
  }
}
