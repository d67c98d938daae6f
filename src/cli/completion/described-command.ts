import type { Argument, Command, Option } from "commander";
import { type CompletedValue, completedValue } from "./completed-value.js";

/** What a completion script has to know of a command. */
export interface DescribedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly DescribedOption[];
  readonly operands: readonly DescribedOperand[];
  readonly commands: readonly DescribedCommand[];
}

/** An option of a command. */
export interface DescribedOption {
  /** As it can be written: "-c" and "--config". */
  readonly names: readonly string[];
  readonly description: string;
  readonly isRepeatable: boolean;
  /** Undefined where the option takes none. */
  readonly value: DescribedValue | undefined;
}

/** An argument of a command that belongs to no option. */
export interface DescribedOperand extends DescribedValue {
  readonly isRepeatable: boolean;
}

/** A value as the help names it, and what it can be. */
export interface DescribedValue {
  readonly placeholder: string;
  readonly isRequired: boolean;
  readonly completed: CompletedValue;
}

/** Reads from commander's own description of a program all that its help shows. */
export function describeCommand(program: Command): DescribedCommand {
  const help = program.createHelp();
  const commandNames = help.visibleCommands(program).map((command) => command.name());
  return describe(program);

  function describe(command: Command): DescribedCommand {
    return {
      name: command.name(),
      summary: command.summary() || command.description(),
      options: help.visibleOptions(command).map((option) => describeOption(option, commandNames)),
      operands: command.registeredArguments.map((argument) =>
        describeOperand(argument, commandNames),
      ),
      commands: help.visibleCommands(command).map(describe),
    };
  }
}

function describeOption(option: Option, commandNames: readonly string[]): DescribedOption {
  const [, placeholder] = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags) ?? [];
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    // Commander knows of options that collect their values by themselves; of those whose parser does,
    // only the help knows.
    isRepeatable: option.variadic || option.description.includes("may be repeated"),
    value:
      placeholder === undefined
        ? undefined
        : {
            placeholder,
            isRequired: option.required,
            completed: completedValue(placeholder, option.argChoices, commandNames),
          },
  };
}

function describeOperand(argument: Argument, commandNames: readonly string[]): DescribedOperand {
  return {
    placeholder: argument.name(),
    isRequired: argument.required,
    isRepeatable: argument.variadic,
    completed: completedValue(argument.name(), argument.argChoices, commandNames),
  };
}
