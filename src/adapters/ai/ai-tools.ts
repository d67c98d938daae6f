import { type JSONSchema7, jsonSchema, type Tool, type ToolResultPart } from "ai";
import { readDataUrl } from "../../base/data-url.js";
import { checkFunction } from "../../base/option-checks.js";
import { joinedText } from "../../model/joined-text.js";
import type { ModelToolResult } from "../../model/model-calls.js";
import {
  createModelTools,
  type FunctionModelTool,
  type ModelToolsOptions,
} from "../../model/model-tools.js";
import type { ApprovalHandler } from "../../protocol/approvals.js";
import type { EventHandler, NotificationHandler } from "../../protocol/events.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";

/** Options of `aiTools`. */
export interface AiToolsOptions extends ModelToolsOptions {
  /** Gets what cells send with `notify`. Default: the session's. */
  readonly onNotify?: NotificationHandler | undefined;
  /** Gets every event of the cells. Default: the session's. */
  readonly onEvent?: EventHandler | undefined;
  /** Decides about tool calls that need approval. Default: the session's. */
  readonly onApproval?: ApprovalHandler | undefined;
}

/** What a call gives: plain data, which the AI SDK keeps among the messages. */
export type AiToolOutput = Pick<ModelToolResult, "content" | "isError">;

/** Tools of the AI SDK with which a model runs cells in a session. */
// A type and no interface, which would not pass as the record that a tool set is.
export type AiTools = {
  readonly exec: Tool<unknown, AiToolOutput>;
  readonly wait: Tool<unknown, AiToolOutput>;
};

type ContentOutput = ToolResultPart["output"] & { readonly type: "content" };
type ContentPart = ContentOutput["value"][number];

/**
 * Makes exec and wait as tools of the AI SDK, for `generateText`, `streamText` and agents. The call's
 * `abortSignal` terminates the cell when it is aborted, also after it has yielded.
 *
 * ```js
 * await generateText({ model, tools: aiTools(session), stopWhen: isStepCount(20), prompt });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function aiTools(session: Session, options: AiToolsOptions = {}): AiTools {
  const { onNotify, onEvent, onApproval, ...modelOptions } = options;
  const { exec, wait } = createModelTools(session, modelOptions);
  checkFunction("onNotify", onNotify);
  checkFunction("onEvent", onEvent);
  checkFunction("onApproval", onApproval);
  const handlers = { onNotify, onEvent, onApproval };
  return { exec: toAiTool(exec, handlers), wait: toAiTool(wait, {}) };
}

function toAiTool(
  { description, inputSchema, execute }: FunctionModelTool,
  handlers: Pick<AiToolsOptions, "onNotify" | "onEvent" | "onApproval">,
): Tool<unknown, AiToolOutput> {
  return {
    description,
    // Without a validator: what is wrong with the input is answered in our words, with a right call.
    inputSchema: jsonSchema<unknown>(inputSchema as JSONSchema7),
    execute: async (input, { abortSignal }) => {
      const { content, isError } = await execute(input, { ...handlers, signal: abortSignal });
      return { content, isError };
    },
    toModelOutput: ({ output }) => toModelOutput(output),
  };
}

/** Text alone goes as text: many providers send anything else as JSON. */
function toModelOutput({ content }: AiToolOutput): ToolResultPart["output"] {
  const text = joinedText(content);
  return text === undefined
    ? { type: "content", value: content.map(toContentPart) }
    : { type: "text", value: text };
}

function toContentPart(item: OutputItem): ContentPart {
  switch (item.type) {
    case "text":
      return { type: "text", text: item.text };
    case "image":
      return {
        ...toFilePart(item.imageUrl, "image"),
        providerOptions: { openai: { imageDetail: item.detail } },
      };
    case "audio":
      return toFilePart(item.audioUrl, "audio");
  }
}

function toFilePart(url: string, kind: "image" | "audio"): ContentPart & { readonly type: "file" } {
  const held = readDataUrl(url);
  return held === undefined
    ? { type: "file", mediaType: kind, data: { type: "url", url: new URL(url) } }
    : {
        type: "file",
        // If the cell did not name the exact media type, the provider detects it.
        mediaType: held.mimeType.startsWith(`${kind}/`) ? held.mimeType : kind,
        data: { type: "data", data: held.bytes.toString("base64") },
      };
}
