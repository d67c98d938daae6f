import { type Command, Option } from "commander";
import type { SessionOptions } from "../options/options.js";

/** The options on how programs are read, and what they find, of every command that runs some. */
export interface ReadingCommandOptions {
  readonly console: "output" | "logs" | "off";
  readonly dialect: "lenient" | "strict";
  readonly webGlobals: boolean;
  readonly results: "value" | "raw";
  readonly isolation: "thread" | "process";
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
    )
    .addOption(
      new Option("--isolation <where>", 'run each cell on a "thread", or in a "process" of its own')
        .choices(["thread", "process"])
        .default("thread"),
    )
    .option("--no-web-globals", "give programs no URL, TextEncoder, structuredClone and the like");
}

/** The same as options of a session. */
export function toReading({
  console,
  dialect,
  webGlobals,
  isolation,
}: ReadingCommandOptions): Pick<
  SessionOptions,
  "console" | "dialect" | "webGlobals" | "isolation"
> {
  return { console: console === "off" ? false : console, dialect, webGlobals, isolation };
}
