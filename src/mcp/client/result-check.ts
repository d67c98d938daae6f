import { describeThrown } from "../../base/describe-value.js";
import { jsonSchemaValidate } from "../../tools/json-schema.js";
import {
  describeProblems,
  type SchemaValidate,
  type SchemaVerdict,
} from "../../tools/schema-verdict.js";
import type { ListedTool } from "./listed-tool.js";
import { type OnMcpWarning, quote } from "./warnings.js";

/**
 * Looks at whether a tool's results are what its output schema says. The tool has run by then, so a
 * program gets its result in any case; what does not fit is a warning, one for each tool.
 */
export class ResultCheck {
  readonly #server: string;
  readonly #tool: ListedTool;
  readonly #onWarning: OnMcpWarning;
  #validate: SchemaValidate | undefined;

  constructor(server: string, tool: ListedTool, onWarning: OnMcpWarning) {
    this.#server = server;
    this.#tool = tool;
    this.#onWarning = onWarning;
    this.#validate = tool.outputSchema && jsonSchemaValidate(tool.outputSchema, "server");
  }

  check(result: unknown): void {
    if (this.#validate === undefined || typeof result !== "object" || result === null) return;
    const { structuredContent, isError } = result as Readonly<Record<string, unknown>>;
    if (isError === true) return;
    const problem =
      structuredContent === undefined
        ? "there is no structured content"
        : this.#problemOf(this.#validate, structuredContent);
    if (problem === undefined) return;
    // Once is enough: the next result would say the same.
    this.#validate = undefined;
    const message = `MCP server "${this.#server}": a result of its tool ${quote(this.#tool.name)} is not what the tool's outputSchema says (${problem}); programs get results as they come.`;
    this.#onWarning({ code: "MCP_RESULT", server: this.#server, message });
  }

  #problemOf(validate: SchemaValidate, structured: unknown): string | undefined {
    let verdict: SchemaVerdict;
    try {
      // A JSON Schema answers at once. How long the text is was never looked at.
      verdict = validate(structured, Number.POSITIVE_INFINITY) as SchemaVerdict;
    } catch (thrown) {
      return `which cannot be used: ${describeThrown(thrown)}`;
    }
    if ("value" in verdict) return undefined;
    return describeProblems(verdict, "it");
  }
}
