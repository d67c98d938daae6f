import { describeThrown, describeValue } from "../base/describe-value.js";
import { isOversizedJson } from "./input-size.js";
import { ModelInputError } from "./model-input-error.js";

/** Unknown arguments that an error names, and characters of each. */
const maxUnknown = 5;
const maxNameLength = 100;

/** Which tool they are for, what it takes, and how a right call looks. */
export interface ArgumentsShape {
  readonly tool: "exec" | "wait";
  readonly known: readonly string[];
  readonly example: string;
}

/**
 * Reads the arguments of a function tool from an object or its JSON text, one after another, and says at
 * the end all that is wrong with them.
 */
export class ArgumentReader {
  readonly #shape: ArgumentsShape;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #faults: string[] = [];

  /** @throws {ModelInputError} If there is no object. */
  constructor(input: unknown, shape: ArgumentsShape) {
    this.#shape = shape;
    const value = typeof input === "string" ? parseJson(input, shape) : input;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw wrong(shape, `takes a JSON object; got ${describeValue(value)}`);
    }
    this.#values = value as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(value).filter((key) => !shape.known.includes(key));
    if (unknown.length === 0) return;
    const shown = unknown.slice(0, maxUnknown).map((key) => `\`${key.slice(0, maxNameLength)}\``);
    const more = unknown.length - shown.length;
    const got = `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    this.#faults.push(`takes ${shape.known.join(", ")}; got ${got}`);
  }

  /** The value as it is where it is right; where it is not, that is kept for `finish`. */
  read<Value>(
    name: string,
    expected: string,
    isRight: (value: unknown) => value is Value,
  ): Value | undefined {
    const value = this.#values[name];
    if (isRight(value)) return value;
    this.#faults.push(`wants \`${name}\` as ${expected}; got ${describeValue(value)}`);
    return undefined;
  }

  /** A non-negative whole number; null, as strict schemas make models send, is as good as nothing. */
  readCount(name: string): number | undefined {
    if ((this.#values[name] ?? undefined) === undefined) return undefined;
    const isCount = (value: unknown): value is number =>
      Number.isSafeInteger(value) && Number(value) >= 0;
    return this.read(name, "a non-negative safe integer", isCount);
  }

  /** A boolean, false if there is none. */
  readFlag(name: string): boolean {
    if ((this.#values[name] ?? undefined) === undefined) return false;
    const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
    return this.read(name, "true or false", isFlag) ?? false;
  }

  /** @throws {ModelInputError} If something was wrong. */
  finish(): void {
    if (this.#faults.length > 0) throw wrong(this.#shape, this.#faults.join("; it "));
  }
}

function parseJson(text: string, shape: ArgumentsShape): unknown {
  if (isOversizedJson(text)) {
    throw wrong(shape, `takes a JSON object of ${shape.known.join(", ")}, and this is larger`);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw wrong(shape, `takes a JSON object, and this is not JSON: ${describeThrown(thrown)}`);
  }
}

/** The error for arguments of a tool, with a right call. */
function wrong({ tool, example }: ArgumentsShape, what: string): ModelInputError {
  return new ModelInputError(`${tool} ${what}. A right call looks like ${example}.`);
}
