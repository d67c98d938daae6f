import { Argument, Command, Option } from "commander";

/** A program that has what ours does not: commands in a command, and texts full of special characters. */
export function oddProgram(): Command {
  const program = new Command("odd").helpOption(false).helpCommand(false);
  const inner = program.command("box").summary("what's: in [it]").helpCommand(false);
  inner
    .command("open-it")
    .description(`costs $5 and a "\\"`)
    .addArgument(new Argument("[way]").choices(["it's so", "$HOME", "plain:one"]))
    .argument("<file...>")
    .addOption(new Option("-k, --key [word]", "is [a: b]; it's so").choices(["a b", "c"]))
    .addOption(new Option("--hidden").hideHelp());
  return program;
}
