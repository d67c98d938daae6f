import type { Command } from "commander";
import { addSessionOptions, type SessionCommandOptions } from "./session-options.js";

const help = `
An entry is JavaScript or TypeScript as a model writes it. Later entries can use its top-level
declarations: they get copies of data, and functions, classes and imports from their source. The value
of an entry's last expression is shown; a promise is awaited first. An entry with open brackets
continues in the next line, and pasted text is one entry.

At the prompt, Tab completes names, tools and the names of their inputs; Ctrl-C ends the running cell
or drops the typed text; Ctrl-D leaves. .help lists the commands, such as .tools and .load.

Entries are kept in $XDG_STATE_HOME/codecell/repl-history (~/.local/state by default), or in the file
that the variable CODECELL_REPL_HISTORY names. If that variable is empty, they are not kept.

If a tool call needs approval (by "approval" in the config, or by --ask), codecell asks at the prompt.
--approve names tools that run without asking; --deny, tools that never run.

If standard input is not a terminal, its entries run one after another, without a prompt. Results go
to standard output, everything else to standard error.

Exit codes:
  0    you left the prompt; without a terminal: every cell completed
  1    without a terminal: a cell failed, or a server did not start
  2    wrong use: arguments, config
  143  ended by SIGTERM (130 by SIGINT); the cell and the servers are stopped

Examples:
  codecell repl
  codecell repl --config mcp.json --out images
  printf '1 + 1\\n' | codecell repl
  codecell repl --config mcp.json < entries.js > results.txt
`;

/** Adds `codecell repl`. */
export function addReplCommand(program: Command): void {
  const command = program
    .command("repl")
    .summary("run cells at a prompt, with the tools of MCP servers")
    .description("Runs each entry as a cell, all in one session, and shows its results.");
  addSessionOptions(command).addHelpText("after", help).action(replCommand);
}

async function replCommand(
  options: SessionCommandOptions & { readonly color: boolean },
): Promise<void> {
  const [{ repl }, { PromptTerminal }, { TerminalLoss }, { openTerminal }, { Report }, interrupts] =
    await Promise.all([
      import("./repl/repl.js"),
      import("./prompt-terminal.js"),
      import("./repl/terminal-loss.js"),
      import("./terminal.js"),
      import("./report.js"),
      import("./interrupt.js"),
    ]);
  const loss = process.stdin.isTTY ? new TerminalLoss(process.stdin) : undefined;
  const interrupt = new interrupts.Interrupt(() => report.interrupted());
  const terminal = new PromptTerminal(
    openTerminal({
      color: options.color,
      onOutputClosed: (exitCode) => interrupt.closeOutput(exitCode),
    }),
  );
  const report = new Report(terminal, { showsResults: true, showsProgress: true });
  try {
    process.exitCode = await repl(options, { terminal, report, interrupt });
  } finally {
    interrupt[Symbol.dispose]();
  }
  loss?.exitIfLost();
}
