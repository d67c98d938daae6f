import { expect } from "vitest";
import { runCli } from "./cli.js";

/** A command as the help shows it. */
export interface ShownCommand {
  readonly name: string;
  readonly summary: string;
  /** Empty for the command "help", which has none. */
  readonly help: string;
  /** "-c" and "--config" for an option that has both. */
  readonly options: readonly string[];
}

/** Runs every `--help` of the command, and reads what it says. */
export async function shownCommands(): Promise<readonly ShownCommand[]> {
  const { stdout } = await runCli(["--help"]);
  // What of a summary is too much for a line stands in the next.
  const lines = section(stdout, "Commands").replaceAll(/\n {4,}/g, " ");
  const listed = [...lines.matchAll(/^ {2}(\S+).*? {2,}(.+)$/gm)];
  return Promise.all(listed.map(([, name = "", summary = ""]) => shownCommand(name, summary)));
}

async function shownCommand(name: string, summary: string): Promise<ShownCommand> {
  if (name === "help") return { name, summary, help: "", options: [] };
  const result = await runCli([name, "--help"]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  const options = section(result.stdout, "Options").matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)/gm);
  return {
    name,
    summary,
    help: result.stdout,
    options: [...options].flatMap(([, ...names]) => names.filter((name) => name !== undefined)),
  };
}

function section(help: string, title: string): string {
  return new RegExp(`^${title}:\\n((?: .*\\n)+)`, "m").exec(help)?.[1] ?? "";
}
