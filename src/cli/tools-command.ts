import type { Command } from "commander";
import { colorOption, toMs } from "./arguments.js";
import { runInContext } from "./run-in-context.js";
import type { ListToolsOptions } from "./tools/list-tools.js";

const help = `
Without words it lists all tools; with words, the tools that match best; with a tool's name, that tool.
It prints TypeScript declarations, as programs see the tools and as a model reads them.

Tools go to standard output, everything else to standard error.

Exit codes:
  0    the tools are listed
  1    a server did not start (the tools of the others are listed), or no tool matches the words
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
    .summary("list the tools of the servers in a config")
    .description("Starts the MCP servers of a config and lists their tools, with declarations.")
    .argument("[words...]", "words to search for, or the name of a tool")
    .requiredOption("-c, --config <file>", "file with the MCP servers")
    .option("--names", "print names with the first line of each description instead")
    .option("--json", "print one JSON document instead, with schemas and declarations")
    .option("--start-timeout <ms>", "how long to wait for a server to be ready", toMs)
    .option("-v, --verbose", "show what the servers print to standard error")
    .addOption(colorOption())
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
