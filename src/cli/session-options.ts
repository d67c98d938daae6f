import type { Command } from "commander";
import { type ApprovalCommandOptions, addApprovalOptions } from "./approval-options.js";
import { colorOption, toLimits, toMs } from "./arguments.js";
import { addReadingOptions, type ReadingCommandOptions } from "./reading-options.js";

/** The options of every command that runs cells in a session. */
export interface SessionCommandOptions extends ApprovalCommandOptions, ReadingCommandOptions {
  readonly config?: string;
  readonly out?: string;
  readonly yieldAfter?: number;
  readonly timeout?: number;
  /** By name; checked by createCodeMode. */
  readonly limit?: Readonly<Record<string, number>>;
  readonly startTimeout?: number;
  readonly verbose?: boolean;
}

/** Adds the options of `SessionCommandOptions`, and `--no-color`. */
export function addSessionOptions(command: Command): Command {
  command
    .option("-c, --config <file>", "file with MCP servers; cells can call their tools")
    .option("-o, --out <directory>", "save images and sounds in this directory")
    .option("--yield-after <ms>", "print partial output after this time, then keep waiting", toMs)
    .option("--timeout <ms>", "end a cell with an error after this time", toMs)
    .option("--limit <name=value>", "set a limit, such as cpuMs=600000; may be repeated", toLimits)
    .option("--start-timeout <ms>", "how long to wait for a server to be ready", toMs);
  addReadingOptions(command, "standard error");
  return addApprovalOptions(command)
    .option("-v, --verbose", "show what the servers print to standard error")
    .addOption(colorOption());
}
