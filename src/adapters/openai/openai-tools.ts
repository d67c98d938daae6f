import { checkBoolean } from "../../base/option-checks.js";
import { joinedText } from "../../model/joined-text.js";
import { commonImageTypes, type MediaTypes, withMedia } from "../../model/media.js";
import type { ModelCallOptions } from "../../model/model-calls.js";
import {
  createModelTools,
  type FreeformModelTool,
  type FunctionModelTool,
  type ModelToolsOptions,
} from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import {
  isCall,
  type OpenAICall,
  type OpenAICallOutput,
  type OpenAIOutputItem,
  type OpenAIOutputPart,
  type OpenAIToolDefinition,
} from "./wire.js";

/** What the API takes; there is no sound in a tool's output. */
const openaiMedia: MediaTypes = { images: commonImageTypes, remoteImages: true };

/** Options of `openaiTools`. */
export interface OpenAIToolsOptions extends ModelToolsOptions {
  /**
   * Makes exec a custom tool, which takes the source itself under a grammar; else it is a function
   * tool, as models before GPT-5 need. Default: true.
   */
  readonly freeform?: boolean | undefined;
}

/** The tools with which a model of the Responses API runs cells in a session. */
export interface OpenAITools {
  /** For the request's `tools`. */
  readonly tools: OpenAIToolDefinition[];
  /**
   * Answers the calls of exec and wait among a response's output items, all at once, and ignores
   * other items.
   *
   * @returns Items for the next request's `input`, in the order of the calls; empty if there are
   *   none.
   * @throws {CodeModeError} ERR_SESSION_CLOSED; ERR_INVALID_OPTION; ERR_THREAD_START.
   * @throws The signal's reason, if it is aborted while `wait` waits.
   */
  dispatch(
    output: readonly OpenAIOutputItem[],
    options?: ModelCallOptions,
  ): Promise<OpenAICallOutput[]>;
}

/**
 * Makes exec and wait for OpenAI's Responses API: the tools to send, and the function that answers
 * the calls.
 *
 * ```js
 * const { tools, dispatch } = openaiTools(session);
 * const response = await client.responses.create({ model, tools, input });
 * input.push(...response.output, ...(await dispatch(response.output)));
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function openaiTools(session: Session, options: OpenAIToolsOptions = {}): OpenAITools {
  const { freeform = true, ...modelOptions } = options;
  checkBoolean("freeform", freeform);
  const { exec, freeformExec, wait } = createModelTools(
    session,
    withMedia(modelOptions, openaiMedia),
  );
  const byName = new Map(
    [freeform ? freeformExec : exec, wait].map((tool) => [tool.name as string, tool]),
  );
  return {
    tools: [...byName.values()].map(toDefinition),
    dispatch: async (output, callOptions) => {
      const answers = output.filter(isCall).flatMap((call) => {
        const tool = byName.get(call.name);
        return tool === undefined ? [] : [answer(call, tool, callOptions)];
      });
      return Promise.all(answers);
    },
  };
}

function toDefinition(tool: FunctionModelTool | FreeformModelTool): OpenAIToolDefinition {
  const { name, description } = tool;
  if (tool.kind === "freeform") {
    const format = { type: "grammar", syntax: "lark", definition: tool.grammar } as const;
    return { type: "custom", name, description, format };
  }
  // Strict schemas have no optional properties.
  return {
    type: "function",
    name,
    description,
    parameters: { ...tool.inputSchema },
    strict: false,
  };
}

async function answer(
  call: OpenAICall,
  tool: FunctionModelTool | FreeformModelTool,
  options: ModelCallOptions | undefined,
): Promise<OpenAICallOutput> {
  const isCustom = call.type === "custom_tool_call";
  const { content } = await tool.execute(isCustom ? call.input : call.arguments, options);
  return {
    type: isCustom ? "custom_tool_call_output" : "function_call_output",
    call_id: call.call_id,
    output: joinedText(content) ?? content.flatMap(toParts),
  };
}

function toParts(item: OutputItem): readonly OpenAIOutputPart[] {
  switch (item.type) {
    case "text":
      return [{ type: "input_text", text: item.text }];
    case "image":
      return [{ type: "input_image", image_url: item.imageUrl, detail: item.detail }];
    case "audio":
      return [];
  }
}
