import type { Command } from "commander";
import { colorOption } from "./arguments.js";
import type { LoginOptions } from "./login/login.js";
import { runInContext } from "./run-in-context.js";

const help = `
The login page of the server opens in your browser. After you have agreed there, the browser returns to
a port at 127.0.0.1 on this machine; codecell listens there while the command runs, ten minutes at most.
Without a browser on this machine, use --no-browser and open the printed address yourself.

Logins are saved in $XDG_CONFIG_HOME/codecell/logins (~/.config by default), in files that only you can
read. run, repl, tools, mcp and doctor use and renew them. codecell logout removes one.

Exit codes:
  0    logged in
  1    the server refused, cannot be reached, or has no login
  2    wrong use: arguments, config, a server that has no "url"
  130  interrupted by Ctrl-C (143 by SIGTERM)

Examples:
  codecell login tickets --config mcp.json
  codecell login tickets --config mcp.json --no-browser
`;

/** Adds `codecell login` and `codecell logout`. */
export function addLoginCommands(program: Command): void {
  program
    .command("login")
    .summary("log in at a hosted MCP server")
    .description('Logs in at a server of the config that has a "url" and needs OAuth.')
    .argument("<server>", "the server's name in the config")
    .requiredOption("-c, --config <file>", "file with the MCP servers")
    .option("--no-browser", "print the address of the login page instead of opening it")
    .addOption(colorOption())
    .addHelpText("after", help)
    .action((server: string, options: LoginOptions & { readonly color: boolean }) =>
      runLogin("login", server, options),
    );
  program
    .command("logout")
    .summary("remove the login at a hosted MCP server")
    .description("Removes the saved login of a server of the config.")
    .argument("<server>", "the server's name in the config")
    .requiredOption("-c, --config <file>", "file with the MCP servers")
    .addOption(colorOption())
    .addHelpText("after", logoutHelp)
    .action((server: string, options: LoginOptions & { readonly color: boolean }) =>
      runLogin("logout", server, options),
    );
}

const logoutHelp = `
Exit codes:
  0    there is no login any more
  2    wrong use: arguments, config, a server that has no "url"

Examples:
  codecell logout tickets --config mcp.json
`;

async function runLogin(
  what: "login" | "logout",
  server: string,
  options: LoginOptions & { readonly color: boolean },
): Promise<void> {
  await runInContext({ color: options.color, hasOwnOutput: false }, async (context) => {
    const commands = await import("./login/login.js");
    return commands[what](server, options, context);
  });
}
