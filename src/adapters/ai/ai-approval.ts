import type { ToolSet } from "ai";
import type { ToolApproval, ToolContext, ToolDefinition } from "../../tools/tool-definition.js";

/** What the AI SDK says of a call that may need approval, as version 7 has it. */
export type AiApprovalStatus =
  | undefined
  | "not-applicable"
  | "approved"
  | "denied"
  | "user-approval"
  | {
      readonly type: "not-applicable" | "approved" | "denied" | "user-approval";
      readonly reason?: string | undefined;
    };

type Decided = AiApprovalStatus | PromiseLike<AiApprovalStatus>;

// Their parameters are the AI SDK's, which are of other types in each version.
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would refuse functions that name those types.
type AiApprovalFunction = (...given: any[]) => Decided;

/** Which calls need approval: for each tool, or a function that is asked about each call. */
export type AiToolApproval =
  | AiApprovalFunction
  | Readonly<Record<string, AiApprovalStatus | AiApprovalFunction>>;

/** What is said of approval beside the tools themselves. */
export interface SaidOfApproval {
  readonly toolApproval?: AiToolApproval | undefined;
  readonly toolsContext?: Readonly<Record<string, unknown>> | undefined;
  readonly runtimeContext?: unknown;
}

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
      const toolCall = { type: "tool-call", toolCallId: callId, toolName: name, input };
      const call = { toolCall, tools, toolsContext, messages: [], runtimeContext };
      return toPolicy(await toolApproval(call));
    };
  }
  const said = toolApproval && Object.hasOwn(toolApproval, name) ? toolApproval[name] : undefined;
  const toolContext = toolsContext[name];
  if (typeof said === "function") {
    return async (input: unknown, { callId }: ToolContext) =>
      toPolicy(
        await said(input, { toolCallId: callId, messages: [], toolContext, runtimeContext }),
      );
  }
  if (said !== undefined) return toPolicy(said);
  const tool = tools[name];
  const needsApproval = tool?.needsApproval as NeedsApproval | undefined;
  if (typeof needsApproval !== "function") return needsApproval ? "ask" : undefined;
  return async (input: unknown, context: ToolContext) => {
    const told = toCallOptions(context, toolContext);
    return (await needsApproval.call(tool, input, told)) ? "ask" : "auto";
  };
}

type NeedsApproval = boolean | ((input: unknown, options: object) => unknown);

/** What the AI SDK gives a tool beside its input, by the names of all its versions. */
export function toCallOptions(
  { callId, context }: ToolContext,
  toolContext: unknown,
): AiCallOptions {
  return {
    toolCallId: callId,
    messages: [],
    context: toolContext ?? context,
    experimental_context: context,
  };
}

export interface AiCallOptions {
  readonly toolCallId: string;
  /** A cell's calls are in no message. */
  readonly messages: never[];
  /** Since version 7. */
  readonly context: unknown;
  /** Until version 6. */
  readonly experimental_context: unknown;
}

function toPolicy(status: AiApprovalStatus): ToolApproval {
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
