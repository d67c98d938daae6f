import { type Command, CommanderError } from "commander";
import { packageVersion } from "../base/package-version.js";
import { addBuildCommand } from "./build-command.js";
import { addApprovalsCommand } from "./cells/approvals-command.js";
import { addCellsCommand } from "./cells/cells-command.js";
import { CheckedCommand } from "./checked-command.js";
import { addCompletionCommand } from "./completion-command.js";
import { addDoctorCommand } from "./doctor-command.js";
import { visible } from "./format.js";
import type { GatewayStart } from "./gateway/first/gateway-start.js";
import { addHostCommand } from "./host-command.js";
import { addJournalCommands } from "./journal/journal-commands.js";
import { addLoginCommands } from "./login-command.js";
import { addMcpCommand } from "./mcp-command.js";
import { addReplCommand } from "./repl-command.js";
import { addRunCommand } from "./run-command.js";
import { addToolsCommand } from "./tools-command.js";

/**
 * Runs the command that the arguments of this process name.
 *
 * @param start - What `codecell mcp` has begun with, if it is that.
 */
export async function runProgram(start: GatewayStart | undefined): Promise<void> {
  try {
    await makeProgram(start).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed what is wrong; help and version that were asked for are no error.
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`codecell: this should not happen; please report it:\n${visible(text)}\n`);
    process.exitCode = 1;
  }
}

function makeProgram(start: GatewayStart | undefined): Command {
  const program: Command = new CheckedCommand("codecell")
    .description("Code mode: runs an AI model's JavaScript in a V8 isolate, with your tools in it.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showHelpAfterError("(codecell --help says how it is used)")
    .exitOverride();

  addRunCommand(program);
  addMcpCommand(program, start);
  addHostCommand(program);
  addReplCommand(program);
  addToolsCommand(program);
  addJournalCommands(program);
  addCellsCommand(program);
  addApprovalsCommand(program);
  addLoginCommands(program);
  addCompletionCommand(program);
  addDoctorCommand(program);
  addBuildCommand(program);
  return program;
}
