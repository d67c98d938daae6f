import { type Command, CommanderError } from "commander";
import { packageVersion } from "../base/package-version.js";
import { CheckedCommand } from "./checked-command.js";
import { visible } from "./format.js";

/** `codecell` without commands. */
export function rootProgram(): Command {
  return new CheckedCommand("codecell")
    .description("Code mode: runs an AI model's JavaScript in a V8 isolate, with your tools in it.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showHelpAfterError("(codecell --help says how it is used)")
    .exitOverride();
}

/** Runs the command that the arguments of this process name. */
export async function runCommand(program: Command): Promise<void> {
  try {
    await program.parseAsync();
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
