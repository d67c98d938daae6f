import { checkBoolean } from "../../base/option-checks.js";
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
  inputOf,
  nameOf,
  type OpenAIChatAnswer,
  type OpenAIChatCall,
  type OpenAIChatMessage,
  type OpenAIChatPart,
  type OpenAIChatToolDefinition,
} from "./chat-wire.js";

/** Options of `openaiChatTools`. */
export interface OpenAIChatToolsOptions extends ModelToolsOptions {
  /**
   * Makes exec a custom tool, which takes the source itself under a grammar; servers that are only
   * compatible with OpenAI's have none. Default: false.
   */
  readonly freeform?: boolean | undefined;
}

/** The tools with which a model of the Chat Completions API runs cells in a session. */
export interface OpenAIChatTools {
  /** For the request's `tools`. */
  readonly tools: OpenAIChatToolDefinition[];
  /**
   * Answers the calls of exec and wait in a message, all at once, and ignores other calls.
   *
   * @returns Messages for the next request, in the order of the calls; empty if there are no such
   *   calls. Images come last, as a user's message: a tool's message can have none. Put your own tools'
   *   messages before that.
   * @throws {CodeModeError} ERR_SESSION_CLOSED; ERR_INVALID_OPTION; ERR_THREAD_START.
   * @throws The signal's reason, if it is aborted while `wait` waits.
   */
  dispatch(message: OpenAIChatMessage, options?: ModelCallOptions): Promise<OpenAIChatAnswer[]>;
}

const chatMedia: MediaTypes = { images: commonImageTypes, remoteImages: true };

type ChatTool = FunctionModelTool | FreeformModelTool;

/**
 * Makes exec and wait for the Chat Completions API, of OpenAI and of servers that are compatible with
 * it: the tools to send, and the function that answers the calls.
 *
 * ```js
 * const { tools, dispatch } = openaiChatTools(session);
 * const { choices } = await client.chat.completions.create({ model, tools, messages });
 * messages.push(choices[0].message, ...(await dispatch(choices[0].message)));
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function openaiChatTools(
  session: Session,
  options: OpenAIChatToolsOptions = {},
): OpenAIChatTools {
  const { freeform = false, ...modelOptions } = options;
  checkBoolean("freeform", freeform);
  const { exec, freeformExec, wait } = createModelTools(
    session,
    withMedia(modelOptions, chatMedia),
  );
  const byName = new Map<string, ChatTool>(
    [freeform ? freeformExec : exec, wait].map((tool) => [tool.name, tool]),
  );
  return {
    tools: [...byName.values()].map(toDefinition),
    dispatch: async ({ tool_calls: calls }, callOptions) => {
      const answers = await Promise.all(
        (calls ?? []).flatMap((call) => {
          const tool = byName.get(nameOf(call));
          return tool === undefined ? [] : [answer(call, tool, callOptions)];
        }),
      );
      const images = answers.flatMap(({ images }) => images);
      const messages: OpenAIChatAnswer[] = answers.map(({ message }) => message);
      return images.length === 0 ? messages : [...messages, { role: "user", content: images }];
    },
  };
}

function toDefinition(tool: ChatTool): OpenAIChatToolDefinition {
  const { name, description } = tool;
  if (tool.kind === "function") {
    return {
      type: "function",
      function: { name, description, parameters: { ...tool.inputSchema } },
    };
  }
  const grammar = { syntax: "lark", definition: tool.grammar } as const;
  return { type: "custom", custom: { name, description, format: { type: "grammar", grammar } } };
}

async function answer(
  call: OpenAIChatCall,
  tool: ChatTool,
  options: ModelCallOptions | undefined,
): Promise<{ readonly message: OpenAIChatAnswer; readonly images: readonly OpenAIChatPart[] }> {
  const { content } = await tool.execute(inputOf(call), options);
  const images: OpenAIChatPart[] = [];
  const texts = content.map((item: OutputItem) => {
    if (item.type === "text") return item.text;
    if (item.type === "audio") return "";
    images.push(toImagePart(item));
    return `[image ${images.length} of this call: in the user's next message]`;
  });
  const title = `Images that the tool call ${call.id} gave:`;
  return {
    message: { role: "tool", tool_call_id: call.id, content: joinLines(texts) },
    images: images.length === 0 ? [] : [{ type: "text", text: title }, ...images],
  };
}

function joinLines(texts: readonly string[]): string {
  return texts.reduce((joined, text) => joined + (/^$|\n$/.test(joined) ? "" : "\n") + text, "");
}

function toImagePart({
  imageUrl: url,
  detail,
}: OutputItem & { readonly type: "image" }): OpenAIChatPart {
  return {
    type: "image_url",
    image_url: { url, detail: detail === "original" ? "high" : detail },
  };
}
