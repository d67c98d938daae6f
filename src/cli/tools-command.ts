import type { Command } from "commander";
import { toMs } from "./arguments.js";
import { runInContext } from "./run-in-context.js";
import type { ListToolsOptions } from "./tools/list-tools.js";

const help = `
Without words all tools are listed; with words, those that fit them best; with a tool's name, that tool.
What is printed are declarations in TypeScript, as programs see the tools and as a model reads them.

Tools go to standard output, everything about them to standard error.

Exit codes:
  0    the tools are listed
  1    a server did not start (the others' tools are listed), or no tool fits the words
  2    wrong use: arguments, config
  130  interrupted by Ctrl-C (143 by SIGTERM)

Examples:
  codecell tools --config mcp.json
  codecell tools read file --config mcp.json
  codecell tools mcp__files__read_text_file --config mcp.json
  codecell tools --config mcp.json --names | sort
  codecell tools --config mcp.json --json | jq '.tools[].name'
`;

/** Adds `codecell tools`. */
export function addToolsCommand(program: Command): void {
  program
    .command("tools")
    .summary("list what the servers of a config offer")
    .description("Starts the MCP servers of a config and lists their tools, with declarations.")
    .argument("[words...]", "what the tools should be about, or a tool's name")
    .requiredOption("-c, --config <file>", "the MCP servers")
    .option("--names", "print names with the first line of each description instead")
    .option("--json", "print one JSON document instead, with schemas and declarations")
    .option("--start-timeout <ms>", "give up a server that is not ready by then", toMs)
    .option("-v, --verbose", "show what the servers print to standard error")
    .option("--no-color", "no colour; so does the variable NO_COLOR")
    .addHelpText("after", help)
    .action(toolsCommand);
}

async function toolsCommand(
  words: readonly string[],
  options: ListToolsOptions & { readonly color: boolean },
): Promise<void> {
  const { color, json: hasOwnOutput = false } = options;
  await runInContext({ color, hasOwnOutput }, async (context) => {
    const { listTools } = await import("./tools/list-tools.js");
    return listTools(words, options, context);
  });
}
