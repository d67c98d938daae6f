import { addHostCommand } from "../host-command.js";
import { rootProgram, runCommand } from "../root-program.js";

/** Runs `codecell host`, of which Codex waits for the handshake: without the other commands, and as one file. */
export function runHost(): Promise<void> {
  const program = rootProgram();
  addHostCommand(program);
  return runCommand(program);
}
