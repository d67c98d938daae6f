import { describeThrown, describeValue } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import type { ApprovalPolicy, ReasonedPolicy, ToolContext } from "./tool-definition.js";

/**
 * Says what happens to a call whose input has been checked; answers at once unless the tool's own
 * function takes its time.
 *
 * @throws {Error} If the tool's function fails or gives something else.
 */
export type ApprovalCheck = (
  toolName: string,
  input: unknown,
  context: ToolContext,
) => ReasonedPolicy | Promise<ReasonedPolicy>;

const policies: readonly unknown[] = ["auto", "ask", "deny"] satisfies readonly ApprovalPolicy[];

/**
 * Makes the check from a tool's `approval`, or from the `needsApproval` that tools of the AI SDK have;
 * undefined where every call runs at once.
 *
 * @param givenName - The tool's name, for messages.
 * @throws {CodeModeError} ERR_INVALID_TOOL if either is something else.
 */
export function toApprovalCheck(
  givenName: string,
  definition: { readonly approval?: unknown; readonly needsApproval?: unknown },
): ApprovalCheck | undefined {
  const { approval, needsApproval } = definition;
  if (approval === undefined) return fromNeedsApproval(givenName, definition, needsApproval);
  if (isFunction(approval)) {
    return dynamicCheck("approval", (input, context) => approval.call(definition, input, context));
  }
  const policy = readPolicy(approval);
  if (policy === undefined) {
    const expected = '"auto", "ask", "deny", { policy, reason } or a function';
    throw invalidTool(givenName, "approval", expected, approval);
  }
  return policy.policy === "auto" ? undefined : () => policy;
}

function fromNeedsApproval(
  givenName: string,
  definition: object,
  needsApproval: unknown,
): ApprovalCheck | undefined {
  if (needsApproval === undefined || needsApproval === null || needsApproval === false) {
    return undefined;
  }
  if (needsApproval === true) return () => ({ policy: "ask" });
  if (!isFunction(needsApproval)) {
    throw invalidTool(givenName, "needsApproval", "true, false or a function", needsApproval);
  }
  return dynamicCheck("needsApproval", async (input, context) =>
    (await needsApproval.call(definition, input, context)) ? "ask" : "auto",
  );
}

function dynamicCheck(
  key: string,
  decide: (input: unknown, context: ToolContext) => unknown,
): ApprovalCheck {
  return async (toolName, input, context) => {
    let decided: unknown;
    try {
      decided = await decide(input, context);
    } catch (thrown) {
      const why = describeThrown(thrown);
      throw new Error(`The tool "${toolName}" was not called: its "${key}" failed: ${why}`, {
        cause: thrown,
      });
    }
    const policy = readPolicy(decided);
    if (policy !== undefined) return policy;
    throw new Error(
      `The tool "${toolName}" was not called: its "${key}" must give "auto", "ask" or "deny", and gave ${describeValue(decided)}.`,
    );
  };
}

function readPolicy(value: unknown): ReasonedPolicy | undefined {
  if (isPolicy(value)) return { policy: value };
  if (typeof value !== "object" || value === null) return undefined;
  const { policy, reason }: { policy?: unknown; reason?: unknown } = value;
  if (!isPolicy(policy) || (reason !== undefined && typeof reason !== "string")) return undefined;
  return reason === undefined ? { policy } : { policy, reason };
}

function isPolicy(value: unknown): value is ApprovalPolicy {
  return policies.includes(value);
}

function isFunction(value: unknown): value is (input: unknown, context: ToolContext) => unknown {
  return typeof value === "function";
}

function invalidTool(
  givenName: string,
  key: string,
  expected: string,
  value: unknown,
): CodeModeError {
  return new CodeModeError(
    "ERR_INVALID_TOOL",
    `The tool "${givenName}" cannot be used: its "${key}" must be ${expected}, and is ${describeValue(value)}.`,
  );
}
