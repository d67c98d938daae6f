import { joinedText } from "../../model/joined-text.js";
import { withMedia } from "../../model/media.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { type CallHandlers, type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";
import { toResultContent } from "./anthropic-tools.js";
import { anthropicMedia } from "./image-block.js";
import type { AnthropicToolDefinition, AnthropicToolResult } from "./wire.js";

/** A tool of the SDK's tool runner. */
export interface AnthropicRunnerTool extends AnthropicToolDefinition {
  run(
    input: unknown,
    context?: { readonly signal?: AbortSignal | null | undefined },
  ): Promise<AnthropicToolResult["content"]>;
  parse(content: unknown): unknown;
}

/**
 * Makes exec and wait for the tool runner of Anthropic's SDK. What has failed is thrown, so that the
 * runner marks it as an error. A call ends when the runner's signal is aborted.
 *
 * ```js
 * const tools = anthropicRunnerTools(session);
 * const message = await client.beta.messages.toolRunner({ model, max_tokens, tools, messages });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function anthropicRunnerTools(
  session: Session,
  options: FrameworkToolsOptions = {},
): AnthropicRunnerTool[] {
  const { handlers, others } = splitHandlers(options);
  const { exec, wait } = createModelTools(session, withMedia(others, anthropicMedia));
  return [toRunnerTool(exec, handlers), toRunnerTool(wait, {})];
}

function toRunnerTool(tool: FunctionModelTool, handlers: CallHandlers): AnthropicRunnerTool {
  const { name, description, inputSchema } = tool;
  return {
    name,
    description,
    input_schema: { ...inputSchema, type: "object" },
    parse: (content) => content,
    run: async (input, context) => {
      const call = { ...handlers, context, signal: context?.signal ?? undefined };
      const { content, isError } = await tool.execute(input, call);
      if (isError) throw failureOf(content);
      return toResultContent(content);
    },
  };
}

/** The runner sends its message, and marks it as an error. */
function failureOf(content: readonly OutputItem[]): Error {
  const texts = content.flatMap((item) => (item.type === "text" ? [item] : []));
  return new Error(joinedText(texts));
}
