import type { Command } from "commander";
import { collect, toLimits, toMs } from "./arguments.js";

/** The options of every command that runs cells in a session. */
export interface SessionCommandOptions {
  readonly config?: string;
  readonly out?: string;
  readonly yieldAfter?: number;
  readonly timeout?: number;
  /** By name; checked by createCodeMode. */
  readonly limit?: Readonly<Record<string, number>>;
  readonly startTimeout?: number;
  readonly console?: boolean;
  /** What needs approval and runs without asking: `all`, `none`, `ask`, and patterns of tools' names. */
  readonly approve?: readonly string[];
  /** Patterns of the names of tools that need approval, whatever the config says. */
  readonly ask?: readonly string[];
  readonly verbose?: boolean;
}

/** Adds the options of `SessionCommandOptions`, and `--no-color`. */
export function addSessionOptions(command: Command): Command {
  return command
    .option("-c, --config <file>", "start the MCP servers this file names and offer their tools")
    .option("-o, --out <directory>", "save images and audio there")
    .option("--yield-after <ms>", "hand over what there is after so long, then wait on", toMs)
    .option("--timeout <ms>", "fail a cell that has not ended after so long", toMs)
    .option(
      "--limit <name=value>",
      "change a limit, such as cpuMs=600000; may be repeated",
      toLimits,
    )
    .option("--start-timeout <ms>", "give up a server that is not ready by then", toMs)
    .option("--console", "give cells a console; its lines go to standard error")
    .option(
      "--approve <tools>",
      'approve calls of these tools unasked: "all", "none", or a pattern such as "read_*"; may be repeated',
      collect,
    )
    .option(
      "--ask <tools>",
      'ask before calls of these tools too, such as "*"; may be repeated',
      collect,
    )
    .option("-v, --verbose", "show what the servers print to standard error")
    .option("--no-color", "no colour; so does the variable NO_COLOR");
}
