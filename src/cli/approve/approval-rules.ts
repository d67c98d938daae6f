import type { ApprovalAnswer, ApprovalRequest } from "../../index.js";
import { fitsPattern } from "../../mcp/client/name-pattern.js";

/** Decides about tool calls that need approval by what `--approve` says. */
export class ApprovalRules {
  readonly #patterns: readonly string[];
  readonly #refuses: boolean;

  /** @param approve - Values of `--approve`: `all`, `none`, `ask` and patterns of tools' names. */
  constructor(approve: readonly string[]) {
    // Else a server could name a tool so that it runs without asking.
    const patterns = approve.filter((value) => value !== "none" && value !== "ask");
    this.#patterns = patterns.map((value) => (value === "all" ? "*" : value));
    this.#refuses = approve.includes("none");
  }

  /** What the rules decide. Undefined: no rule fits, and the person or the tool's own approval decides. */
  readonly decide = (request: ApprovalRequest): ApprovalAnswer => {
    const pattern = this.#patterns.find((candidate) => fits(request, candidate));
    if (pattern !== undefined) {
      return { approved: true, reason: `--approve ${pattern === "*" ? "all" : pattern}` };
    }
    if (!this.#refuses) return undefined;
    return { approved: false, reason: "codecell was started with --approve none" };
  };
}

/** A pattern is of the name under `tools`, or of the name without its namespace. */
function fits({ tool, namespace }: ApprovalRequest, pattern: string): boolean {
  const prefix = namespace === "" ? "" : `${namespace.replaceAll("/", "__")}__`;
  return fitsPattern(tool, pattern) || fitsPattern(tool.slice(prefix.length), pattern);
}
