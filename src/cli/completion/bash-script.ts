import { bashFunctions } from "./bash-functions.js";
import type { CompletedValue } from "./completed-value.js";
import type { DescribedCommand } from "./described-command.js";
import { shellWord } from "./shell-word.js";

/** Keys as patterns of a case, and what is done for them. */
type Branch = readonly [patterns: readonly string[], action: string];

/** A script for bash 4.4 and later that needs no other and starts no process when Tab is pressed. */
export function bashScript(program: DescribedCommand): string {
  const { name } = program;
  const commands = [...withPaths(program, name)];
  const innerPaths = commands.map(([path]) => `"${path}"`).filter((path) => path !== `"${name}"`);
  return `# What Tab completes for ${name} in bash. Written by: ${name} completion bash

# Whether these words, from ${name} on, name a command.
_${name}_is_command() {
${cases([[innerPaths, "return 0"]])}
}

# Sets candidates to the options of a command.
_${name}_options() {
${cases(commands.map(([path, command]) => optionNames(path, command)))}
}

# Sets kind and candidates for the value of an option; fails where it takes none.
_${name}_value() {
${cases(joined(commands.flatMap(([path, command]) => optionValues(path, command))))}
}

# Sets kind and candidates for an operand of a command, by its position; fails where it takes none.
_${name}_operand() {
${cases(commands.flatMap(([path, command]) => operandValues(path, command)))}
}

${bashFunctions(name)}
complete -F _${name} ${name}
`;
}

/** A command and all those in it, each with the words that name it. */
function* withPaths(
  command: DescribedCommand,
  path: string,
): Generator<[string, DescribedCommand]> {
  yield [path, command];
  for (const inner of command.commands) yield* withPaths(inner, `${path} ${inner.name}`);
}

function optionNames(path: string, { options }: DescribedCommand): Branch {
  return [[`"${path}"`], candidates(options.flatMap(({ names }) => names))];
}

function optionValues(path: string, { options }: DescribedCommand): Branch[] {
  return options.flatMap(({ names, value }) =>
    value === undefined
      ? []
      : [[names.map((name) => `"${path} ${name}"`), toValue(value.completed)] as const],
  );
}

function operandValues(path: string, command: DescribedCommand): Branch[] {
  if (command.commands.length > 0) {
    const words = command.commands.map(({ name }) => name);
    return [[[`"${path} 1"`], toValue({ type: "words", words })]];
  }
  return command.operands.map(({ completed, isRepeatable }, index) => [
    [isRepeatable ? `"${path} "*` : `"${path} ${index + 1}"`],
    toValue(completed),
  ]);
}

function toValue(value: CompletedValue): string {
  return value.type === "words" ? `kind=words ${candidates(value.words)}` : `kind=${value.type}`;
}

function candidates(words: readonly string[]): string {
  return `candidates=(${words.map(shellWord).join(" ")})`;
}

/** One branch for all that do the same. */
function joined(branches: readonly Branch[]): Branch[] {
  const patternsOf = new Map<string, readonly string[]>();
  for (const [patterns, action] of branches) {
    patternsOf.set(action, [...(patternsOf.get(action) ?? []), ...patterns]);
  }
  return [...patternsOf].map(([action, patterns]) => [patterns, action]);
}

function cases(branches: readonly Branch[]): string {
  const lines = branches.map(
    ([patterns, action]) => `    ${patterns.join(" | ")})\n      ${action} ;;\n`,
  );
  return `  case $1 in\n${lines.join("")}    *) return 1 ;;\n  esac`;
}
