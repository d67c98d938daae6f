import { addBuildCommand } from "./build-command.js";
import { addApprovalsCommand } from "./cells/approvals-command.js";
import { addCellsCommand } from "./cells/cells-command.js";
import { addCompletionCommand } from "./completion-command.js";
import { addDoctorCommand } from "./doctor-command.js";
import type { GatewayStart } from "./gateway/first/gateway-start.js";
import { addHostCommand } from "./host-command.js";
import { addJournalCommands } from "./journal/journal-commands.js";
import { addLoginCommands } from "./login-command.js";
import { addMcpCommand } from "./mcp-command.js";
import { addReplCommand } from "./repl-command.js";
import { rootProgram, runCommand } from "./root-program.js";
import { addRunCommand } from "./run-command.js";
import { addServeCommand } from "./serve-command.js";
import { addToolsCommand } from "./tools-command.js";

/**
 * Runs the command that the arguments of this process name.
 *
 * @param start - What `codecell mcp` has begun with, if it is that.
 */
export function runProgram(start: GatewayStart | undefined): Promise<void> {
  const program = rootProgram();
  addRunCommand(program);
  addMcpCommand(program, start);
  addServeCommand(program);
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
  return runCommand(program);
}
