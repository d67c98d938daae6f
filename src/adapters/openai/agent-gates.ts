import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import { readByAgents } from "./agent-input.js";

/** What a tool of the Agents SDK has around it: who may call it, when, and what may go in and out. */
export interface AgentGates {
  readonly invoke?: unknown;
  readonly needsApproval?: boolean | RunFunction;
  readonly isEnabled?: boolean | RunFunction;
  readonly inputGuardrails?: readonly AgentGuardrail[] | null;
  readonly outputGuardrails?: readonly AgentGuardrail[] | null;
}

type RunFunction = (runContext: unknown, ...rest: unknown[]) => unknown;

interface AgentGuardrail {
  readonly name: string;
  run(data: object): unknown;
}

/** What the SDK's runner tells gates of a run. */
export interface AgentRun {
  readonly runContext: unknown;
  readonly agent: unknown;
}

/** The approval of a tool that has `needsApproval` or `isEnabled`; undefined of one that has neither. */
export function toApproval(
  tool: AgentGates,
  { runContext, agent }: AgentRun,
): NamedTool["approval"] {
  const { needsApproval, isEnabled } = tool;
  if (needsApproval === undefined && isEnabled === undefined) return undefined;
  return async (input: unknown, { callId }: ToolContext) => {
    if (!(await answerOf(isEnabled ?? true, runContext, agent))) {
      return { policy: "deny", reason: "the tool is not enabled for this run" };
    }
    const asks =
      typeof needsApproval === "function"
        ? await answerOf(needsApproval, runContext, await readByAgents(tool, input ?? {}), callId)
        : (needsApproval ?? false);
    return asks ? "ask" : "auto";
  };
}

async function answerOf(
  gate: boolean | RunFunction,
  runContext: unknown,
  ...rest: unknown[]
): Promise<boolean> {
  return Boolean(typeof gate === "function" ? await gate(runContext, ...rest) : gate);
}

/** Runs a tool between its guardrails. What one of them holds back rejects the call. */
export function withGuardrails(
  name: string,
  { inputGuardrails, outputGuardrails }: AgentGates,
  run: AgentRun,
  execute: NamedTool["execute"],
): NamedTool["execute"] {
  const before = inputGuardrails ?? [];
  const after = outputGuardrails ?? [];
  if (before.length === 0 && after.length === 0) return execute;
  return async (input: unknown, context: ToolContext) => {
    const toolCall = {
      type: "function_call",
      callId: context.callId,
      name,
      status: "completed",
      arguments: JSON.stringify(input ?? {}),
    };
    const data = { context: run.runContext, agent: run.agent, toolCall };
    for (const guardrail of before) await pass(guardrail, "input", data);
    context.signal.throwIfAborted();
    const output = await execute(input, context);
    for (const guardrail of after) await pass(guardrail, "output", { ...data, output });
    return output;
  };
}

/** @throws {Error} If the guardrail does not let the call, or what came of it, through. */
async function pass(
  guardrail: AgentGuardrail,
  side: "input" | "output",
  data: object,
): Promise<void> {
  const result = (await guardrail.run(data)) as { readonly behavior?: unknown } | undefined;
  const { type, message } = (result?.behavior ?? { type: "allow" }) as {
    readonly type?: unknown;
    readonly message?: unknown;
  };
  if (type === "allow") return;
  if (type === "rejectContent") throw new Error(String(message));
  throw new Error(`Tool ${side} guardrail triggered: ${guardrail.name}`);
}
