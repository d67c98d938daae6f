import { type Command, Option } from "commander";
import type { ReadingOptions } from "../options/reading.js";

/** The options on how programs are read, of every command that runs some. */
export interface ReadingCommandOptions {
  readonly console: "output" | "logs" | "off";
  readonly dialect: "lenient" | "strict";
  readonly results: "value" | "raw";
}

/** Adds the options of `ReadingCommandOptions`. */
export function addReadingOptions(command: Command, logs: string): Command {
  return command
    .addOption(
      new Option("--console <where>", `where console lines go: "output", "logs" (${logs}) or "off"`)
        .choices(["output", "logs", "off"])
        .default("output"),
    )
    .addOption(
      new Option(
        "--dialect <name>",
        '"lenient" reads programs as models write them, "strict" as modules',
      )
        .choices(["lenient", "strict"])
        .default("lenient"),
    )
    .addOption(
      new Option(
        "--results <form>",
        'results of servers\' tools: "value", a text or parsed JSON, or "raw", as the server sent them',
      )
        .choices(["value", "raw"])
        .default("value"),
    );
}

/** The same as options of a session. */
export function toReading({ console, dialect }: ReadingCommandOptions): ReadingOptions {
  return { console: console === "off" ? false : console, dialect };
}
