import { type Command, Option } from "commander";
import { addApprovalOptions } from "./approval-options.js";
import { collect, colorOption, readWith, sealKeysOption, toLimits, toMs } from "./arguments.js";
import type { GatewayStart } from "./gateway/first/gateway-start.js";
import type { McpCommandOptions } from "./gateway/gateway-options.js";
import { readListenAddress } from "./gateway/listen-address.js";
import { addReadingOptions } from "./reading-options.js";
import { runInContext } from "./run-in-context.js";
import { storeHelp } from "./store-names.js";

const help = `
An MCP client sees one server with two tools, exec and wait. The model writes programs, and the programs
call the tools of all configured servers. The config has the format that most MCP clients use:
  {"mcpServers": {"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]}}}

Add this entry to the config of your MCP client:
  {"mcpServers": {"codecell": {"command": "npx", "args": ["-y", "@codecell/cli", "mcp", "--config", "/path/to/mcp.json"]}}}

A server that dies is started again; until it runs, its tools fail with the reason. Standard input and
output serve one client; HTTP serves any number of clients, each with its own session.

If a tool call needs approval (by "approval" in the config, or by --ask), codecell asks the person at the
client, through elicitation. --approve names tools that run without asking; --deny, tools that never run.

With --store, programs that run when codecell ends, also by kill -9, go on when they are waited for. One process
at a time can use the file.

Over HTTP only programs and web pages of this machine can connect. If you listen at another address, each
request needs the token in the variable CODECELL_MCP_TOKEN; if it is not set, a new token is printed.

Exit codes:
  0    the client has disconnected, or SIGTERM has ended the server
  1    codecell cannot listen at the address, or cannot use the store
  2    wrong use: arguments, config
  130  interrupted by Ctrl-C

Examples:
  codecell mcp --config mcp.json
  codecell mcp --config mcp.json --listen http://127.0.0.1:3333
  codecell mcp --config mcp.json --describe none --limit cpuMs=10000
  codecell mcp --config mcp.json --ask '*' --approve 'read_*' --deny 'delete_*'
  codecell mcp --config mcp.json --store cells.db
  CODECELL_MCP_TOKEN=… codecell mcp --config mcp.json --listen http://0.0.0.0:3333
`;

/**
 * Adds `codecell mcp`.
 *
 * @param start - What it has begun with, where it is what runs.
 */
export function addMcpCommand(program: Command, start: GatewayStart | undefined): void {
  const command = program
    .command("mcp")
    .summary("run one MCP server in front of many, with the tools exec and wait")
    .description(
      "Runs one MCP server with the tools exec and wait. Programs call the tools of other MCP servers.",
    )
    .requiredOption(
      "-c, --config <file>",
      "file with the MCP servers whose tools programs can call",
    )
    .addOption(
      new Option("-l, --listen <address>", '"stdio", or http://HOST:PORT; port 0 takes a free port')
        .default("stdio" as const)
        .argParser(readWith(readListenAddress)),
    )
    .option(
      "--allow-origin <host>",
      "also accept requests of web pages from this host; may be repeated",
      collect,
    )
    .addOption(
      new Option(
        "--description <length>",
        "how much the description of exec says; some clients cut off what is over 2048 characters",
      )
        .choices(["short", "full"])
        .default("short"),
    )
    .addOption(
      new Option("--describe <tools>", "which tools the description of exec tells of")
        .choices(["all", "none"])
        .default("all"),
    )
    .option("--limit <name=value>", "set a limit, such as cpuMs=600000; may be repeated", toLimits)
    .option("--yield-after <ms>", "answer with the output so far after this time", toMs)
    .addOption(
      new Option(
        "--max-yield-after <ms>",
        "the longest time until an answer, whatever the model asks for",
      )
        .default(240_000)
        .argParser(toMs),
    )
    .option("--start-timeout <ms>", "how long to wait for a server to be ready", toMs)
    .option(
      "--answer-after <ms>",
      "tell the client exec and wait after this time, also while servers still start",
      toMs,
    )
    .option(
      "--no-tool-cache",
      "do not tell clients of the tools that servers had when they last ran, before they run again",
    )
    .option(
      "--idle <ms>",
      "over HTTP, how long to keep a session without a connection (default: an hour)",
      toMs,
    )
    .option(
      "--store <file>",
      `keep the programs in a store, so that they survive a restart: ${storeHelp}`,
    )
    .addOption(sealKeysOption())
    .option("--session <id>", 'with --store: whose programs and values they are (default: "mcp")')
    .addHelpText("after", help);
  addReadingOptions(command, "with --verbose, standard error");
  addApprovalOptions(command)
    .option("-v, --verbose", "show each program, each tool call, and what the servers print")
    .addOption(colorOption())
    .action((options: McpOptions) => mcpCommand(options, start));
}

type McpOptions = McpCommandOptions & { readonly color: boolean };

async function mcpCommand(options: McpOptions, start: GatewayStart | undefined): Promise<void> {
  const { color } = options;
  await runInContext({ color, hasOwnOutput: true, showsProgress: true }, async (context) => {
    const { serve } = await import("./gateway/serve.js");
    return serve(options, context, start);
  });
}
