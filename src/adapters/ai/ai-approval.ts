import type { ToolApprovalConfiguration, ToolApprovalStatus, ToolSet } from "ai";
import type { ToolApproval, ToolContext, ToolDefinition } from "../../tools/tool-definition.js";

/** What is said of approval beside the tools themselves. */
export interface SaidOfApproval {
  readonly toolApproval?: ToolApprovalConfiguration<ToolSet, unknown> | undefined;
  readonly toolsContext?: Readonly<Record<string, unknown>> | undefined;
  readonly runtimeContext?: unknown;
}

type ToolFunction = (input: unknown, options: object) => PromiseLike<ToolApprovalStatus>;

/**
 * The approval of a tool of a set, by the AI SDK's rules: what `toolApproval` says of it holds, else its
 * own `needsApproval`.
 */
export function toApproval(
  name: string,
  tools: ToolSet,
  { toolApproval, toolsContext = {}, runtimeContext }: SaidOfApproval,
): ToolDefinition["approval"] {
  if (typeof toolApproval === "function") {
    return async (input: unknown, { callId }: ToolContext) => {
      const toolCall = { type: "tool-call", toolCallId: callId, toolName: name, input } as const;
      const call = { toolCall, tools, toolsContext, messages: [], runtimeContext };
      return toPolicy(await toolApproval(call as Parameters<typeof toolApproval>[0]));
    };
  }
  const said = toolApproval && Object.hasOwn(toolApproval, name) ? toolApproval[name] : undefined;
  const toolContext = toolsContext[name];
  if (typeof said === "function") {
    const judge = said as ToolFunction;
    return async (input: unknown, { callId }: ToolContext) =>
      toPolicy(
        await judge(input, { toolCallId: callId, messages: [], toolContext, runtimeContext }),
      );
  }
  if (said !== undefined) return toPolicy(said);
  const tool = tools[name];
  const needsApproval = tool?.needsApproval;
  if (typeof needsApproval !== "function") return needsApproval ? "ask" : undefined;
  return async (input: unknown, { callId }: ToolContext) => {
    const told = { toolCallId: callId, messages: [], context: toolContext };
    return (await needsApproval.call(tool, input, told)) ? "ask" : "auto";
  };
}

function toPolicy(status: ToolApprovalStatus): ToolApproval {
  const { type = "not-applicable", reason } =
    typeof status === "string" ? { type: status } : (status ?? {});
  switch (type) {
    case "not-applicable":
    case "approved":
      return "auto";
    case "denied":
      return { policy: "deny", reason };
    case "user-approval":
      return { policy: "ask", reason };
    default:
      // What is none is refused where it is checked.
      return status as unknown as ToolApproval;
  }
}
