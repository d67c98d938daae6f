import type { Command } from "commander";
import { sealKeysOption } from "./arguments.js";
import type { RunOptions } from "./run.js";
import { runInContext } from "./run-in-context.js";
import { addSessionOptions } from "./session-options.js";
import { storeHelp } from "./store-names.js";

const help = `
A cell is a file of JavaScript or TypeScript as a model writes it: an ES module with top-level await. It
outputs results with text(value) and image(value), keeps values for later cells with
store(key, value) and load(key), and calls tools with await tools.name(input). ALL_TOOLS lists them.

The config has the format that most MCP clients use:
  {"mcpServers": {"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]}}}
The tool read_text_file of this server is tools.mcp__files__read_text_file in the cell.

If a tool call needs approval (by "approval" in the config, or by --ask), codecell asks at the terminal.
--approve names tools that run without asking; --deny, tools that never run. Without a terminal, all other
such calls are rejected; with --store and --approve ask they wait for codecell approvals.

Results go to standard output, everything else to standard error.

Exit codes:
  0    every cell completed
  1    a cell failed, or a server did not start
  2    wrong use: arguments, files, config
  130  interrupted by Ctrl-C (143 by SIGTERM); the cell and the servers are stopped;
       with --store the cell stays there, and codecell cells resume lets it go on

Examples:
  codecell run hello.js
  codecell run collect.js report.js --config mcp.json --out images
  echo 'text(ALL_TOOLS.map(tool => tool.name).join("\\n"))' | codecell run - --config mcp.json
  codecell run long.js --limit cpuMs=600000 --limit heapBytes=1073741824
  codecell run tidy.js --config mcp.json --ask 'delete_*' --approve 'read_*'
  codecell run report.js --record report.cell && codecell replay report.cell
  codecell run refund.js --store cells.db; codecell cells list --store cells.db
  codecell run check.js --json --timeout 60000 | jq '.cells[0].status'
`;

/** Adds `codecell run`. */
export function addRunCommand(program: Command): void {
  const command = program
    .command("run")
    .summary("run cells, with the tools of MCP servers")
    .description(
      "Runs each file as a cell, one after another in one session, and shows what happens. After a " +
        "cell that fails no other cell runs.",
    )
    .argument("<file...>", 'the files to run, in order; "-" is standard input')
    .option("--json", "print one JSON document with all outcomes instead of the output")
    .option("--record <file>", "write what the cells do to this file, for codecell replay")
    .option("--timeline <file>", "draw what the cells did, as a page in this file")
    .option(
      "--store <file>",
      `keep the cells in a store, so that they can be resumed: ${storeHelp}`,
    )
    .addOption(sealKeysOption())
    .option("--session <id>", "with --store: find the values and cells of this session again");
  addSessionOptions(command).addHelpText("after", help).action(runCommand);
}

async function runCommand(
  files: readonly string[],
  options: RunOptions & { readonly color: boolean },
): Promise<void> {
  const { color, json: hasOwnOutput = false } = options;
  await runInContext({ color, hasOwnOutput, tellsInterruption: true }, async (context) => {
    const { run } = await import("./run.js");
    return run(files, options, context);
  });
}
