import { joinedText } from "../../model/joined-text.js";
import { commonImageTypes, type MediaTypes, withMedia } from "../../model/media.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { type CallHandlers, type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";

/** A function tool of the Agents SDK. */
export interface OpenAIAgentTool {
  type: "function";
  name: string;
  description: string;
  parameters: {
    type: "object";
    properties: Record<string, unknown>;
    required: string[];
    additionalProperties: boolean;
  };
  strict: false;
  invoke(
    runContext: unknown,
    input: string,
    details?: { readonly signal?: AbortSignal | undefined },
  ): Promise<string | OpenAIAgentOutput[]>;
  needsApproval(): Promise<boolean>;
  isEnabled(): Promise<boolean>;
}

/** A part of a tool's output, as the Agents SDK has it. */
export type OpenAIAgentOutput =
  | { type: "text"; text: string }
  | { type: "image"; image: string; detail: "auto" | "low" | "high" };

const agentMedia: MediaTypes = { images: commonImageTypes, remoteImages: true };

/**
 * Makes exec and wait as tools of OpenAI's Agents SDK, for `new Agent({ tools })`. Tools of the cell get
 * the run's `RunContext` as `context`. A call ends when the run's signal is aborted.
 *
 * ```js
 * const agent = new Agent({ name: "coder", tools: openaiAgentTools(session) });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function openaiAgentTools(
  session: Session,
  options: FrameworkToolsOptions = {},
): OpenAIAgentTool[] {
  const { handlers, others } = splitHandlers(options);
  const { exec, wait } = createModelTools(session, withMedia(others, agentMedia));
  return [toAgentTool(exec, handlers), toAgentTool(wait, {})];
}

function toAgentTool(tool: FunctionModelTool, handlers: CallHandlers): OpenAIAgentTool {
  const { name, inputSchema } = tool;
  return {
    type: "function",
    name,
    get description(): string {
      return tool.description;
    },
    parameters: { ...(inputSchema as unknown as OpenAIAgentTool["parameters"]) },
    // Strict schemas have no optional properties.
    strict: false,
    invoke: async (context, input, details) => {
      const call = { ...handlers, context, signal: details?.signal };
      const { content } = await tool.execute(input, call);
      return joinedText(content) ?? content.flatMap(toOutput);
    },
    needsApproval: async () => false,
    isEnabled: async () => true,
  };
}

function toOutput(item: OutputItem): readonly OpenAIAgentOutput[] {
  switch (item.type) {
    case "text":
      return [{ type: "text", text: item.text }];
    case "image": {
      const detail = item.detail === "original" ? "high" : item.detail;
      return [{ type: "image", image: item.imageUrl, detail }];
    }
    case "audio":
      return [];
  }
}
