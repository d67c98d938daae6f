import { Argument, type Command } from "commander";

const help = `
The script completes commands, options, and the values of options that are known: limits, files,
directories. It holds all of them, so Tab starts no process; print it again after an update.

bash, in ~/.bashrc:
  source <(codecell completion bash)

zsh, in a directory of fpath, before compinit runs:
  codecell completion zsh > ~/.zfunc/_codecell
and in ~/.zshrc:
  fpath=(~/.zfunc $fpath)
  autoload -Uz compinit && compinit

Exit codes:
  0    the script has been printed
  2    wrong use: no shell, or another one

Examples:
  source <(codecell completion bash)
  codecell completion bash > ~/.codecell-completion.bash
  codecell completion zsh > ~/.zfunc/_codecell
`;

/** Adds `codecell completion`. */
export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .summary("print the script with which a shell's Tab completes codecell")
    .description(
      "Prints a script; a shell that has read it completes codecell's command line on Tab.",
    )
    .addArgument(
      new Argument("<shell>", "the shell that reads the script").choices(["bash", "zsh"] as const),
    )
    .addHelpText("after", help)
    .action((shell: "bash" | "zsh") => completionCommand(program, shell));
}

async function completionCommand(program: Command, shell: "bash" | "zsh"): Promise<void> {
  const [{ describeCommand }, { bashScript }, { zshScript }, { openTerminal }] = await Promise.all([
    import("./completion/described-command.js"),
    import("./completion/bash-script.js"),
    import("./completion/zsh-script.js"),
    import("./terminal.js"),
  ]);
  const terminal = openTerminal({
    color: false,
    onOutputClosed: (exitCode) => {
      process.exitCode = exitCode;
    },
  });
  const described = describeCommand(program);
  terminal.result(shell === "bash" ? bashScript(described) : zshScript(described));
}
