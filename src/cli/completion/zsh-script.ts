import type { CompletedValue } from "./completed-value.js";
import type {
  DescribedCommand,
  DescribedOperand,
  DescribedOption,
  DescribedValue,
} from "./described-command.js";
import { quoted, shellWord } from "./shell-word.js";

/** A script for zsh's own completion, for a file in fpath or to be sourced. */
export function zshScript(program: DescribedCommand): string {
  const { name } = program;
  const helper = `__${name}_words`;
  return `#compdef ${name}
# What Tab completes for ${name} in zsh. Written by: ${name} completion zsh

# Adds the words after "--"; those that end in "=" or ":" go on, and get no space.
${helper}() {
  local -i divider=\${@[(i)--]}
  local -a settings=("\${(@)@[1,divider-1]}") candidates=("\${(@)@[divider+1,-1]}")
  local -i result=1
  compadd "\${(@)settings}" -- "\${(@)candidates:#*[=:]}" && result=0
  compadd "\${(@)settings}" -S '' -- "\${(@M)candidates:#*[=:]}" && result=0
  return result
}

${functions(program, `_${name}`, helper).join("\n\n")}

if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

/** A function for a command and one for each of its own commands. */
function functions(command: DescribedCommand, name: string, helper: string): string[] {
  const options = command.options.flatMap((option) => optionSpecs(option, helper));
  if (command.commands.length === 0) {
    const operands = command.operands.map((operand, index) => operandSpec(operand, index, helper));
    return [`${name}() {\n${argumentsCall([...options, ...operands])}\n}`];
  }
  const inner = command.commands.map(
    (command) => [`${name}_${command.name.replaceAll("-", "_")}`, command] as const,
  );
  const specs = [...options, "1:command:->command", "*:: :->operands"];
  return [
    `${name}() {
  local curcontext=$curcontext context state state_descr line
  local -A opt_args
${argumentsCall(specs, " -C")} && return
  case $state in
    command)
      local -a commands=(
${inner.map(([, command]) => `        ${described(command)}`).join("\n")}
      )
      _describe -t commands command commands ;;
    operands)
      case $line[1] in
${inner.map(([inner, { name }]) => `        ${shellWord(name)}) ${inner} ;;`).join("\n")}
      esac ;;
  esac
}`,
    ...inner.flatMap(([name, command]) => functions(command, name, helper)),
  ];
}

/** A command as _describe reads it. */
function described({ name, summary }: DescribedCommand): string {
  return quoted(`${escaped(name, /[\\:]/g)}:${escaped(summary, /\\/g)}`);
}

function argumentsCall(specs: readonly string[], flags = ""): string {
  return [`  _arguments${flags} -s -S`, ...specs.map((spec) => `    ${quoted(spec)}`)].join(
    " \\\n",
  );
}

/** One spec for each name of an option; given by one, it is not offered by another. */
function optionSpecs(option: DescribedOption, helper: string): string[] {
  const { names, value, description } = option;
  const before = option.isRepeatable ? "*" : `(${names.join(" ")})`;
  const text = `[${escaped(description, /[\\[\]:]/g)}]`;
  return names.map((name) => {
    if (value === undefined) return `${before}${name}${text}`;
    // The value of "-c" is joined to it or the next word; that of "--config" stands after "=" or so.
    const joint = name.startsWith("--") ? "=" : "+";
    return `${before}${name}${joint}${text}${valueSpec(value, helper)}`;
  });
}

function operandSpec(operand: DescribedOperand, index: number, helper: string): string {
  return `${operand.isRepeatable ? "*" : index + 1}${valueSpec(operand, helper)}`;
}

function valueSpec({ placeholder, isRequired, completed }: DescribedValue, helper: string): string {
  const message = escaped(placeholder, /[\\:]/g);
  return `${isRequired ? ":" : "::"}${message}:${action(completed, helper)}`;
}

function action(value: CompletedValue, helper: string): string {
  switch (value.type) {
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "words":
      // The shell reads these words; of what a spec could escape, only colons are unescaped before.
      return escaped(`${helper} -- ${value.words.map(shellWord).join(" ")}`, /:/g);
    case "anything":
      // A space completes nothing and shows what is expected.
      return " ";
  }
}

function escaped(text: string, special: RegExp): string {
  return text.replaceAll(special, "\\$&");
}
