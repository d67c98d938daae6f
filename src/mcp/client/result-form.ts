import { checkOneOf } from "../../base/option-checks.js";

/**
 * What programs get for the result of an MCP tool: `"value"`, the value that `mcpResultValue` makes of
 * it; `"raw"`, the `CallToolResult` as the server sent it, also one that says it is an error.
 */
export type McpResultForm = "value" | "raw";

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkResultForm(form: McpResultForm | undefined): void {
  checkOneOf("results", form, ["value", "raw"]);
}
