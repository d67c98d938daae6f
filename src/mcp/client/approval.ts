import { describeValue } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import type { ApprovalPolicy, ReasonedPolicy } from "../../tools/tool-definition.js";
import { fitsPattern } from "./name-pattern.js";
import { someOf } from "./warnings.js";

/**
 * What happens to calls of an MCP tool: as of any tool, or `"annotations"`, which goes by what the
 * server says of the tool: one that only reads, or destroys nothing, runs at once; any other is
 * asked for.
 */
export type McpPolicy = ApprovalPolicy | "annotations";

/**
 * A policy for all tools, or policies by patterns of names, of which the first that fits holds. `*`
 * stands for any characters, `?` for one; a pattern fits the tool's name at its server, or its name
 * under `tools`. The pattern `*` must be among them, so that tools which a server adds later have a
 * policy.
 */
export type McpApproval = McpPolicy | Readonly<Record<string, McpPolicy>>;

/** What a server says of a tool. */
export interface McpToolAnnotations {
  readonly readOnlyHint?: unknown;
  readonly destructiveHint?: unknown;
}

/** A tool to find the policy of. */
export interface ApprovableMcpTool {
  /** As the server has it, and as cells have it. */
  readonly names: readonly string[];
  readonly annotations: McpToolAnnotations | undefined;
}

const policies: readonly unknown[] = [
  "auto",
  "ask",
  "deny",
  "annotations",
] satisfies readonly McpPolicy[];

const strictness: readonly ApprovalPolicy[] = ["auto", "ask", "deny"];

/**
 * Checks the option `approval`.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function checkMcpApproval(approval: unknown): void {
  const problem = approvalProblem(approval);
  if (problem === undefined) return;
  throw new CodeModeError("ERR_INVALID_OPTION", `The option "approval" ${problem}.`);
}

function approvalProblem(approval: unknown): string | undefined {
  if (approval === undefined || policies.includes(approval)) return undefined;
  const expected = '"auto", "ask", "deny" or "annotations"';
  if (typeof approval !== "object" || approval === null || Array.isArray(approval)) {
    return `must be ${expected}, or an object of them by patterns; got ${describeValue(approval)}`;
  }
  const faults = Object.entries(approval)
    .filter(([, policy]) => !policies.includes(policy))
    .map(([pattern, policy]) => `${expected} for "${pattern}" (got ${describeValue(policy)})`);
  if (!Object.hasOwn(approval, "*")) faults.push('an entry "*", for all other tools');
  return faults.length === 0 ? undefined : `must have ${someOf(faults)}`;
}

/** The policy of a tool: the strictest of all that are set. Undefined if calls run at once. */
export function mcpToolApproval(
  tool: ApprovableMcpTool,
  approvals: readonly (McpApproval | undefined)[],
): ReasonedPolicy | undefined {
  let strictest: ReasonedPolicy | undefined;
  for (const approval of approvals) {
    const found = resolve(policyOf(tool, approval), tool.annotations);
    if (strictest === undefined || rank(found) > rank(strictest)) strictest = found;
  }
  return strictest?.policy === "auto" ? undefined : strictest;
}

function rank({ policy }: ReasonedPolicy): number {
  return strictness.indexOf(policy);
}

function policyOf({ names }: ApprovableMcpTool, approval: McpApproval = "auto"): McpPolicy {
  if (typeof approval === "string") return approval;
  const found = Object.entries(approval).find(([pattern]) =>
    names.some((name) => fitsPattern(name, pattern)),
  );
  return found?.[1] ?? "ask";
}

function resolve(policy: McpPolicy, annotations: McpToolAnnotations | undefined): ReasonedPolicy {
  if (policy !== "annotations") return { policy };
  if (annotations?.readOnlyHint === true || annotations?.destructiveHint === false) {
    return { policy: "auto" };
  }
  const reason =
    annotations?.destructiveHint === true
      ? "its server says that it may destroy something"
      : "its server does not say that it is harmless";
  return { policy: "ask", reason };
}
