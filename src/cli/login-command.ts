import type { Command } from "commander";
import type { LoginOptions } from "./login/login.js";
import { runInContext } from "./run-in-context.js";

const help = `
A page of the server opens in the browser; when you have agreed there, the browser comes back to this
machine (127.0.0.1), and the command ends. Where there is no browser, open the page that is shown in
another one on this machine. From then on run, repl, tools, mcp and doctor use the login, and renew it.

Logins are kept in $XDG_CONFIG_HOME/codecell/logins (~/.config by default), in files that only you can
read. codecell logout removes one.

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
    .description("Logs in at a server of the config that has a url and asks for OAuth.")
    .argument("<server>", "the server's name in the config")
    .requiredOption("-c, --config <file>", "the MCP servers")
    .option("--no-browser", "only show the page's address")
    .option("--no-color", "no colour; so does the variable NO_COLOR")
    .addHelpText("after", help)
    .action((server: string, options: LoginOptions & { readonly color: boolean }) =>
      runLogin("login", server, options),
    );
  program
    .command("logout")
    .summary("forget the login at a hosted MCP server")
    .description("Removes the login that codecell login has kept for a server of the config.")
    .argument("<server>", "the server's name in the config")
    .requiredOption("-c, --config <file>", "the MCP servers")
    .option("--no-color", "no colour; so does the variable NO_COLOR")
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
