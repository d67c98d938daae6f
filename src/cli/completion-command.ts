import { Argument, type Command } from "commander";

const help = `
With the script, Tab completes commands, options, names of limits, files and directories. The script
contains all of them, so Tab starts no process. Print it again after an update.

bash, in ~/.bashrc:
  source <(codecell completion bash)

zsh, in a directory of fpath, before compinit runs:
  codecell completion zsh > ~/.zfunc/_codecell
and in ~/.zshrc:
  fpath=(~/.zfunc $fpath)
  autoload -Uz compinit && compinit

Exit codes:
  0    the script has been printed
  2    wrong use: the shell is missing, or is neither bash nor zsh

Examples:
  source <(codecell completion bash)
  codecell completion bash > ~/.codecell-completion.bash
  codecell completion zsh > ~/.zfunc/_codecell
`;

/** Adds `codecell completion`. */
export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .summary("print a script that makes Tab complete codecell in bash or zsh")
    .description(
      "Prints a script. In a shell that has read it, Tab completes the command line of codecell.",
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
