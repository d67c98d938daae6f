import { ToolIndex } from "../../calls/tool-search.js";
import { declareRegisteredTools } from "../../declarations/declare-tools.js";
import type { Session } from "../../session/session.js";
import { oneLine, visible } from "../format.js";
import type { Terminal } from "../terminal.js";
import { storedEntries } from "./stored-entries.js";

export interface CommandContext {
  readonly session: Session;
  readonly terminal: Terminal;
  /** Runs a file as a cell; whether it completed. */
  readonly runFile: (file: string) => Promise<boolean>;
}

/** What a command came to; `left`: the person wants to leave. */
export type CommandResult = "done" | "failed" | "left";

interface Command {
  readonly usage: string;
  readonly does: string;
  run(rest: string, context: CommandContext): CommandResult | Promise<CommandResult>;
}

/** Tools that a search shows. */
const matches = 10;
const previewLength = 100;

const commands: Readonly<Record<string, Command>> = {
  ".help": {
    usage: ".help",
    does: "this list",
    run: (_rest, { terminal }) => {
      const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length));
      const lines = Object.values(commands).map(({ usage, does }) => {
        return `${usage.padEnd(width)}  ${does}`;
      });
      terminal.result(`${[...lines, "", ...help].join("\n")}\n`);
      return "done";
    },
  },
  ".tools": {
    usage: ".tools [WORDS]",
    does: "the tools; those that fit the words best; of a tool's name, its declaration",
    run: showTools,
  },
  ".stored": {
    usage: ".stored",
    does: "what cells have stored",
    run: showStored,
  },
  ".load": {
    usage: ".load FILE",
    does: "runs a file as a cell",
    run: async (file, { terminal, runFile }) => {
      if (file === "") return refuse(terminal, ".load needs a file, as in .load cell.js");
      return (await runFile(file)) ? "done" : "failed";
    },
  },
  ".exit": { usage: ".exit", does: "leaves; so does Ctrl-D", run: () => "left" },
};

const help: readonly string[] = [
  "Each entry runs as its own cell, in JavaScript or TypeScript. It can use text(), image(), notify()",
  "and the other helpers, ALL_TOOLS, and tools.name(input). The value of its last expression is shown;",
  "a promise is awaited first.",
  "",
  "Later entries can use the top-level declarations of a completed entry: copies of data (JSON values,",
  "dates, maps, sets, regular expressions), and functions, classes and imports from their source. They",
  "do not get instances of classes, errors, promises, and functions that a call returned.",
  "",
  "An entry with open brackets continues in the next line; pasted text is one entry. Ctrl-C drops the",
  "entry, or ends the running cell.",
];

export const commandNames: readonly string[] = Object.keys(commands);

/** Whether an entry is a command; a number such as .5 is none. */
export function isCommand(entry: string): boolean {
  return /^\.[a-z]\w*(?:[ \t]|$)/i.test(entry) && !entry.trim().includes("\n");
}

export async function runCommand(entry: string, context: CommandContext): Promise<CommandResult> {
  const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/.exec(entry.trim()) ?? [];
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) {
    return command.run(rest, context);
  }
  return refuse(context.terminal, `There is no ${name}; there are ${commandNames.join(", ")}.`);
}

function showTools(words: string, { session, terminal }: CommandContext): CommandResult {
  const { tools } = session.settings.tools;
  if (tools.length === 0) {
    terminal.note("There are no tools: start with --config mcp.json.");
    return "done";
  }
  const wanted = words.replace(/^tools\./, "");
  const named = tools.find(({ name, givenName }) => name === wanted || givenName === wanted);
  if (named !== undefined) {
    terminal.result(declareRegisteredTools([named]));
    return "done";
  }
  const found = words === "" ? tools : new ToolIndex(tools).search(words, matches);
  if (found.length === 0) {
    return refuse(terminal, `No tool fits ${visible(words)}.`);
  }
  const lines = found.map(({ name, description }) => preview(name, description));
  terminal.result(lines.join(""));
  return "done";
}

async function showStored(
  _rest: string,
  { session, terminal }: CommandContext,
): Promise<CommandResult> {
  const values = await storedEntries(session);
  if (values.length === 0) {
    terminal.note("Nothing is stored: store(key, value) does.");
    return "done";
  }
  terminal.result(values.map(([key, value]) => preview(key, JSON.stringify(value))).join(""));
  return "done";
}

function preview(name: string, about: string): string {
  return `${oneLine(about === "" ? name : `${name}: ${about}`, previewLength)}\n`;
}

function refuse(terminal: Terminal, why: string): "failed" {
  terminal.note(`${terminal.style.red("✗")} ${why}`);
  return "failed";
}
