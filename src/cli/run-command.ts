import type { Command } from "commander";
import { toLimits, toMs } from "./arguments.js";
import type { RunOptions } from "./run.js";

const help = `
A cell is a file of JavaScript as a model writes it: an ES module with top-level await, which
hands out results with text(value) and image(value), keeps values for the next cell with
store(key, value) and load(key), and calls tools as await tools.name(input). ALL_TOOLS lists them.

The config has the shape MCP clients share:
  {"mcpServers": {"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]}}}
The tool read_text_file of this server is tools.mcp__files__read_text_file in the cell.

Results go to standard output, everything about them to standard error.

Exit codes:
  0    every cell completed
  1    a cell failed, or a server did not start
  2    wrong use: arguments, files, config
  130  interrupted by Ctrl-C (143 by SIGTERM); the cell and the servers have been ended

Examples:
  codecell run hello.js
  codecell run collect.js report.js --config mcp.json --out images
  echo 'text(ALL_TOOLS.map(tool => tool.name).join("\\n"))' | codecell run - --config mcp.json
  codecell run long.js --limit cpuMs=600000 --limit heapBytes=1073741824
  codecell run check.js --json --timeout 60000 | jq '.cells[0].status'
`;

/** Adds `codecell run`. */
export function addRunCommand(program: Command): void {
  program
    .command("run")
    .summary("run cells, with the tools of MCP servers")
    .description(
      "Runs each file as a cell, one after another in one session, and shows what happens. A cell " +
        "that fails is the last to run.",
    )
    .argument("<file...>", 'the cells, in order; "-" is standard input')
    .option("-c, --config <file>", "start the MCP servers this file names and offer their tools")
    .option("-o, --out <directory>", "save images and audio there")
    .option("--json", "print one JSON document with the outcomes instead of the output")
    .option("--yield-after <ms>", "hand over what there is after so long, then wait on", toMs)
    .option("--timeout <ms>", "fail a cell that has not ended after so long", toMs)
    .option(
      "--limit <name=value>",
      "change a limit, such as cpuMs=600000; may be repeated",
      toLimits,
    )
    .option("--start-timeout <ms>", "give up a server that is not ready by then", toMs)
    .option("--console", "give cells a console; its lines go to standard error")
    .option("-v, --verbose", "show what the servers print to standard error")
    .option("--no-color", "no colour; so does the variable NO_COLOR")
    .addHelpText("after", help)
    .action(runCommand);
}

async function runCommand(
  files: readonly string[],
  options: RunOptions & { readonly color: boolean },
): Promise<void> {
  const [{ run }, { openTerminal }, { Report }, { Interrupt }] = await Promise.all([
    import("./run.js"),
    import("./terminal.js"),
    import("./report.js"),
    import("./interrupt.js"),
  ]);
  const terminal = openTerminal({
    color: options.color,
    onOutputClosed: () => interrupt.closeOutput(),
  });
  const report = new Report(terminal, {
    showsResults: !options.json,
    showsProgress: !options.json || terminal.isErrorTty,
  });
  using interrupt = new Interrupt(() => report.interrupted());
  process.exitCode = await run(files, options, { terminal, report, interrupt });
}
