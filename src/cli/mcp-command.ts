import { type Command, InvalidArgumentError, Option } from "commander";
import { toLimits, toMs } from "./arguments.js";
import type { McpCommandOptions } from "./gateway/gateway-options.js";
import { type ListenAddress, readListenAddress } from "./gateway/listen-address.js";
import { runInContext } from "./run-in-context.js";
import { UsageError } from "./usage-error.js";

const help = `
To an MCP client this is one server with two tools, exec and wait: the model writes programs, and calls
the tools of all the configured servers from them. The config is the one MCP clients share:
  {"mcpServers": {"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]}}}

In the client's own config it stands like this:
  {"mcpServers": {"codecell": {"command": "npx", "args": ["-y", "codecell", "mcp", "--config", "/path/to/mcp.json"]}}}

A server that dies is started again; its tools fail meanwhile, and say why. On standard input and
output one client is served; over HTTP, any number, each with a session of its own.

Over HTTP only this machine can connect, and only web pages of this machine. With another address each
request needs the token of the variable CODECELL_MCP_TOKEN; without the variable one is made and shown.

Exit codes:
  0    the client has left, or SIGTERM has ended the server in good order
  1    the address cannot be listened at
  2    wrong use: arguments, config
  130  interrupted by Ctrl-C

Examples:
  codecell mcp --config mcp.json
  codecell mcp --config mcp.json --listen http://127.0.0.1:3333
  codecell mcp --config mcp.json --describe none --limit cpuMs=10000
  CODECELL_MCP_TOKEN=… codecell mcp --config mcp.json --listen http://0.0.0.0:3333
`;

/** Adds `codecell mcp`. */
export function addMcpCommand(program: Command): void {
  program
    .command("mcp")
    .summary("be one MCP server in front of many: exec and wait")
    .description("Serves MCP clients: exec and wait, with the tools of other MCP servers inside.")
    .requiredOption("-c, --config <file>", "the MCP servers whose tools programs get")
    .addOption(
      new Option("-l, --listen <address>", '"stdio", or http://HOST:PORT; port 0 is any free one')
        .default("stdio" as const)
        .argParser(toListenAddress),
    )
    .option(
      "--allow-origin <host>",
      "serve web pages of this host too; may be repeated",
      (host: string, before: readonly string[] = []) => [...before, host],
    )
    .addOption(
      new Option("--describe <tools>", "which tools the model reads of in exec's description")
        .choices(["all", "none"])
        .default("all"),
    )
    .option(
      "--limit <name=value>",
      "change a limit, such as cpuMs=600000; may be repeated",
      toLimits,
    )
    .option("--yield-after <ms>", "answer with what there is after so long", toMs)
    .addOption(
      new Option(
        "--max-yield-after <ms>",
        "answer after so long at most, whatever the model asks for",
      )
        .default(240_000)
        .argParser(toMs),
    )
    .option("--start-timeout <ms>", "answer without a server that is not ready by then", toMs)
    .option(
      "--idle <ms>",
      "over HTTP, end what a client leaves behind after so long; an hour",
      toMs,
    )
    .option(
      "-v, --verbose",
      "show each program, each call, and what the servers print to standard error",
    )
    .option("--no-color", "no colour; so does the variable NO_COLOR")
    .addHelpText("after", help)
    .action(mcpCommand);
}

async function mcpCommand(options: McpCommandOptions & { readonly color: boolean }): Promise<void> {
  const { color } = options;
  await runInContext({ color, hasOwnOutput: true, showsProgress: true }, async (context) => {
    const { serve } = await import("./gateway/serve.js");
    return serve(options, context);
  });
}

function toListenAddress(value: string): ListenAddress {
  try {
    return readListenAddress(value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new InvalidArgumentError(error.message);
  }
}
