import { checkBoolean, invalidOption } from "../../base/option-checks.js";
import { joinedText } from "../../model/joined-text.js";
import { commonImageTypes, type MediaTypes, withMedia } from "../../model/media.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { type CallHandlers, type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";
import { readWaitInput } from "../wait-input.js";

/** Options of `openaiAgentTools`. */
export interface OpenAIAgentToolsOptions extends FrameworkToolsOptions {
  /**
   * Lets the Agents SDK interrupt its run while a cell waits for approval: a call of wait for such a cell needs
   * approval, so it is in `result.interruptions`, and the run's state can be kept. `CodeMode.approvals` says what is
   * asked, and only `CodeMode.decide` answers it: `state.approve` lets wait run, no more. Needs `durability`.
   * Default: false.
   */
  readonly sdkApproval?: boolean | undefined;
}

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
  needsApproval(runContext?: unknown, input?: unknown): Promise<boolean>;
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
 * @throws {CodeModeError} ERR_INVALID_OPTION, also for `sdkApproval` without a store.
 */
export function openaiAgentTools(
  session: Session,
  options: OpenAIAgentToolsOptions = {},
): OpenAIAgentTool[] {
  const { handlers, others } = splitHandlers(options);
  const { sdkApproval, ...given } = others;
  const needsApproval = toNeedsApproval(session, sdkApproval);
  const modelOptions = needsApproval === undefined ? given : { yieldOnApproval: true, ...given };
  const { exec, wait } = createModelTools(session, withMedia(modelOptions, agentMedia));
  return [toAgentTool(exec, handlers), toAgentTool(wait, {}, needsApproval)];
}

const aboutApproval =
  "If the program waits for approval of a tool, call wait: a person is asked then.";

/**
 * Whether a call of wait is for a cell that waits for approval.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
function toNeedsApproval(
  session: Session,
  wanted: boolean | undefined,
): OpenAIAgentTool["needsApproval"] | undefined {
  checkBoolean("sdkApproval", wanted);
  if (wanted !== true) return undefined;
  const { approvals } = session;
  if (approvals === undefined) {
    throw invalidOption("sdkApproval", "undefined where no store keeps the cells", wanted);
  }
  return async (_runContext, input) => {
    const asked = readWaitInput(input);
    if (asked === undefined || asked.terminates) return false;
    return (await approvals.of(asked.cellId)).some(({ state }) => state === "open");
  };
}

function toAgentTool(
  tool: FunctionModelTool,
  handlers: CallHandlers,
  needsApproval?: OpenAIAgentTool["needsApproval"],
): OpenAIAgentTool {
  const { name, inputSchema } = tool;
  return {
    type: "function",
    name,
    get description(): string {
      const { description } = tool;
      return needsApproval === undefined ? description : `${description} ${aboutApproval}`;
    },
    parameters: { ...(inputSchema as unknown as OpenAIAgentTool["parameters"]) },
    // Strict schemas have no optional properties.
    strict: false,
    invoke: async (context, input, details) => {
      const call = { ...handlers, context, signal: details?.signal };
      const { content } = await tool.execute(input, call);
      return joinedText(content) ?? content.flatMap(toOutput);
    },
    needsApproval: needsApproval ?? (async () => false),
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
