import { CodeModeError } from "../../base/errors.js";

/** The official SDK's server. Users of createMcpServer install it; `codecell` brings a copy. */
export async function loadServerSdk(): Promise<typeof import("@modelcontextprotocol/server")> {
  try {
    return await import("@modelcontextprotocol/server");
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CodeModeError(
      "ERR_PACKAGE_MISSING",
      "createMcpServer needs the package @modelcontextprotocol/server 2.4 or newer, which is not " +
        "installed. Run `npm install @modelcontextprotocol/server`.",
      { cause: error },
    );
  }
}
