import type { PlannedCall } from "../protocol/plan.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import type { ReasonedPolicy } from "../tools/tool-definition.js";

/** The calls that were approved with a plan, each once. All others that do not only read need approval. */
export class PlannedCalls {
  readonly #left = new Map<string, number>();

  constructor(calls: readonly Pick<PlannedCall, "tool" | "input">[]) {
    for (const { tool, input } of calls) {
      const key = keyOf(tool, input);
      this.#left.set(key, (this.#left.get(key) ?? 0) + 1);
    }
  }

  /** What happens to a call, of which its tool says this. */
  policyOf(tool: RegisteredTool, input: unknown, own: ReasonedPolicy): ReasonedPolicy {
    if (own.policy === "deny") return own;
    const key = keyOf(tool.name, input);
    const left = this.#left.get(key) ?? 0;
    if (left > 0) {
      this.#left.set(key, left - 1);
      return { policy: "auto" };
    }
    if (tool.effect === "read") return own;
    return { policy: "ask", reason: own.reason ?? "the call is not in the approved plan" };
  }
}

function keyOf(tool: string, input: unknown): string {
  return JSON.stringify([tool, input ?? null], (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    // In one order, whatever order the program gives.
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries);
  });
}
