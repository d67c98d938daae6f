import { type Command, Option } from "commander";
import type { SessionOptions } from "../options/options.js";

/** The options on how programs are read, and what they find, of every command that runs some. */
export interface ReadingCommandOptions {
  readonly console: "output" | "logs" | "off";
  readonly dialect: "lenient" | "strict";
  readonly webGlobals: boolean;
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
    .option("--no-web-globals", "give programs no URL, TextEncoder, structuredClone and the like");
}

/** The same as options of a session. */
export function toReading({
  console,
  dialect,
  webGlobals,
}: ReadingCommandOptions): Pick<SessionOptions, "console" | "dialect" | "webGlobals"> {
  return { console: console === "off" ? false : console, dialect, webGlobals };
}
