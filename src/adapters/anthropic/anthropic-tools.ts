import { joinedText } from "../../model/joined-text.js";
import { withMedia } from "../../model/media.js";
import type { ModelCallOptions } from "../../model/model-calls.js";
import {
  createModelTools,
  type FunctionModelTool,
  type ModelToolsOptions,
} from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { anthropicMedia, toImageBlock } from "./image-block.js";
import {
  type AnthropicCall,
  type AnthropicContentBlock,
  type AnthropicImageBlock,
  type AnthropicTextBlock,
  type AnthropicToolDefinition,
  type AnthropicToolResult,
  isCall,
} from "./wire.js";

/** The tools with which a model of the Messages API runs cells in a session. */
export interface AnthropicTools {
  /** For the request's `tools`. */
  readonly tools: AnthropicToolDefinition[];
  /**
   * Answers the calls of exec and wait among a message's content blocks, all at once, and ignores
   * other blocks.
   *
   * @returns Blocks for the next user message, in the order of the calls; empty if there are none.
   * @throws {CodeModeError} ERR_SESSION_CLOSED; ERR_INVALID_OPTION; ERR_THREAD_START.
   * @throws The signal's reason, if it is aborted while `wait` waits.
   */
  dispatch(
    content: readonly AnthropicContentBlock[],
    options?: ModelCallOptions,
  ): Promise<AnthropicToolResult[]>;
}

/**
 * Makes exec and wait for Anthropic's Messages API: the tools to send, and the function that
 * answers the calls.
 *
 * ```js
 * const { tools, dispatch } = anthropicTools(session);
 * const { role, content } = await client.messages.create({ model, max_tokens, tools, messages });
 * messages.push({ role, content }, { role: "user", content: await dispatch(content) });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function anthropicTools(session: Session, options: ModelToolsOptions = {}): AnthropicTools {
  const { exec, wait } = createModelTools(session, withMedia(options, anthropicMedia));
  const byName = new Map([exec, wait].map((tool) => [tool.name as string, tool]));
  return {
    tools: [exec, wait].map(toDefinition),
    dispatch: (content, callOptions) => {
      const answers = content.filter(isCall).flatMap((call) => {
        const tool = byName.get(call.name);
        return tool === undefined ? [] : [answer(call, tool, callOptions)];
      });
      return Promise.all(answers);
    },
  };
}

function toDefinition({
  name,
  description,
  inputSchema,
}: FunctionModelTool): AnthropicToolDefinition {
  return { name, description, input_schema: { ...inputSchema, type: "object" } };
}

async function answer(
  { id, input }: AnthropicCall,
  tool: FunctionModelTool,
  options: ModelCallOptions | undefined,
): Promise<AnthropicToolResult> {
  const { content, isError } = await tool.execute(input, options);
  return {
    type: "tool_result",
    tool_use_id: id,
    content: toResultContent(content),
    ...(isError && { is_error: true }),
  };
}

/** A result's content: one text, where it is text alone. */
export function toResultContent(content: readonly OutputItem[]): AnthropicToolResult["content"] {
  return joinedText(content) ?? content.flatMap(toBlocks);
}

function toBlocks(item: OutputItem): readonly (AnthropicTextBlock | AnthropicImageBlock)[] {
  switch (item.type) {
    case "text":
      // The API refuses blank blocks.
      return item.text.trim() === "" ? [] : [{ type: "text", text: item.text }];
    case "image":
      return [toImageBlock(item.imageUrl)];
    case "audio":
      return [];
  }
}
