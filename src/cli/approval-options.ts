import type { Command } from "commander";
import { fitsPattern } from "../mcp/client/name-pattern.js";
import type { McpApproval } from "../mcp.js";
import { collect } from "./arguments.js";

/** The options of every command whose cells may make calls that need approval. */
export interface ApprovalCommandOptions {
  /** What needs approval and runs without asking: `all`, `none`, `ask`, and patterns of tools' names. */
  readonly approve?: readonly string[];
  /** Patterns of the names of tools that need approval, whatever the config says. */
  readonly ask?: readonly string[];
  /** Patterns of the names of tools that are not called, whatever else is said. */
  readonly deny?: readonly string[];
}

/** Adds the options of `ApprovalCommandOptions`. */
export function addApprovalOptions(command: Command): Command {
  return command
    .option(
      "--approve <tools>",
      'run calls of these tools without asking: "all", "none", or a pattern such as "read_*"; may be repeated',
      collect,
    )
    .option(
      "--ask <tools>",
      'also ask before calls of these tools, such as "*"; may be repeated',
      collect,
    )
    .option(
      "--deny <tools>",
      'reject calls of these tools, such as "delete_*"; may be repeated',
      collect,
    );
}

/** The policies of all servers that the options ask for. */
export function toApproval({ ask = [], deny = [] }: ApprovalCommandOptions): McpApproval {
  // The first pattern that fits holds.
  const policies = new Map<string, "ask" | "deny" | "auto">();
  for (const pattern of deny) policies.set(pattern, "deny");
  for (const pattern of ask) {
    // A key such as "5" comes first in every object, wherever it was set.
    const isDenied = isIndex(pattern) && deny.some((other) => fitsPattern(pattern, other));
    if (!isDenied && !policies.has(pattern)) policies.set(pattern, "ask");
  }
  const others = policies.get("*") ?? "auto";
  policies.delete("*");
  return deny.includes("*") ? "deny" : { ...Object.fromEntries(policies), "*": others };
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key);
}
