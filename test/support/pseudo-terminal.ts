import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";
import { onTestFinished } from "vitest";
import { root } from "./mcp.js";

/** The keys that tests press. */
export const keys = {
  enter: "\r",
  tab: "\t",
  up: "\u001b[A",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
} as const;

/** A command that runs at a terminal. */
export interface CliAtTerminal {
  readonly pid: number;
  /** Types text and presses keys. */
  type(text: string): void;
  /** Closes the terminal's window. */
  close(): void;
  /** Pastes text as terminals do that mark it. */
  paste(text: string): void;
  /** Resolves with what was shown up to this text, when it is shown after all that was seen before. */
  seen(text: string): Promise<string>;
  /** The exit code. */
  readonly ended: Promise<number>;
}

/** Starts the built command at a terminal of its own. */
export function startAtTerminal(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): CliAtTerminal {
  const terminal = spawn(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
    cols: 100,
    rows: 40,
    cwd: root,
    env: {
      ...process.env,
      TERM: "xterm",
      NO_COLOR: "1",
      CODECELL_REPL_HISTORY: "",
      ...environment,
    },
  });
  let isRunning = true;
  let written = "";
  let from = 0;
  let look = (): void => {};
  terminal.onData((text) => {
    written += text;
    look();
  });
  const ended = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode }) => {
      isRunning = false;
      resolve(exitCode);
    });
  });
  onTestFinished(() => {
    if (isRunning) terminal.kill("SIGKILL");
  });
  return {
    pid: terminal.pid,
    type: (text) => terminal.write(text),
    // What all terminals of this library have and its types leave out.
    close: () => (terminal as typeof terminal & { destroy(): void }).destroy(),
    paste: (text) => terminal.write(`\u001b[200~${text}\u001b[201~`),
    seen: (text) =>
      new Promise((resolve) => {
        look = () => {
          const shown = stripVTControlCharacters(written);
          const at = shown.indexOf(text, from);
          if (at === -1) return;
          const since = shown.slice(from, at);
          from = at + text.length;
          look = () => {};
          resolve(since);
        };
        look();
      }),
    ended,
  };
}
