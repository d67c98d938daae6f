import type { ToolDefinition } from "../../src/index.js";

/** Calls a tool and hands out what comes of it. */
export const callIt: string = `try { text(await tools.erase({ path: "/a" })); } catch (error) { text(error.message); }`;

/** A tool that says what it was run with, and how often. */
export function erase(
  approval?: ToolDefinition["approval"],
): ToolDefinition & { readonly runs: unknown[] } {
  const runs: unknown[] = [];
  return {
    description: "Erases a file.",
    ...(approval !== undefined && { approval }),
    inputSchema: {
      type: "object",
      properties: { path: { type: "string" } },
      required: ["path"],
    },
    execute: (input: unknown) => {
      runs.push(input);
      return `erased ${(input as { path: string }).path}`;
    },
    runs,
  };
}
