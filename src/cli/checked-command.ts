import {
  type Argument,
  Command,
  type ErrorOptions,
  InvalidArgumentError,
  type Option,
} from "commander";

/** Faults of arguments after which the others can still be looked at. */
const collected: readonly (string | undefined)[] = [
  "commander.missingArgument",
  "commander.missingMandatoryOptionValue",
  "commander.unknownOption",
  "commander.excessArguments",
];

/** A command that says all that is wrong with its arguments at once, where commander says the first. */
export class CheckedCommand extends Command {
  readonly #faults: string[] = [];
  #unknownOptions: readonly string[] = [];

  constructor(name?: string) {
    super(name);
    this.hook("preAction", () => {
      if (this.#faults.length > 0) this.#refuse();
    });
  }

  override createCommand(name?: string): CheckedCommand {
    return new CheckedCommand(name);
  }

  override addOption(option: Option): this {
    this.#collectFrom(option, `option '${option.flags}'`);
    return super.addOption(option);
  }

  override addArgument(argument: Argument): this {
    this.#collectFrom(argument, `argument '${argument.name()}'`);
    return super.addArgument(argument);
  }

  override parseOptions(words: readonly string[]): ReturnType<Command["parseOptions"]> {
    const parsed = super.parseOptions([...words]);
    const end = parsed.unknown.indexOf("--");
    this.#unknownOptions = parsed.unknown
      .slice(0, end === -1 ? undefined : end)
      .filter((word) => word.length > 1 && word.startsWith("-"));
    return parsed;
  }

  /** Returns after the faults that are collected; commander then goes on to the next check. */
  override error(message: string, options?: ErrorOptions): never {
    const fault = message.replace(/^error: /, "");
    if (!collected.includes(options?.code)) {
      this.#faults.push(fault);
      this.#refuse(options);
    }
    // The values of options that are unknown are counted as arguments.
    const isKnown = this.#unknownOptions.length === 0;
    if (isKnown || options?.code !== "commander.excessArguments") this.#faults.push(fault);
    if (options?.code === "commander.unknownOption") {
      const others = this.#unknownOptions.slice(1);
      this.#faults.push(...others.map((option) => `unknown option '${option}'`));
    }
    return undefined as never;
  }

  #collectFrom(parsed: Option | Argument, what: string): void {
    const { parseArg } = parsed;
    if (parseArg === undefined) return;
    parsed.parseArg = <Value>(value: string, previous: Value): Value => {
      try {
        return parseArg.call(parsed, value, previous) as Value;
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        this.#faults.push(`${what}: '${value}' is invalid. ${error.message}`);
        return previous;
      }
    };
  }

  #refuse(options?: ErrorOptions): never {
    const [first = "", ...others] = this.#faults;
    if (others.length === 0) return super.error(`error: ${first}`, options);
    const lines = this.#faults.map((fault) => `\n  ${fault.replaceAll("\n", " ")}`);
    return super.error(`error: ${lines.length} things are wrong:${lines.join("")}`, options);
  }
}
