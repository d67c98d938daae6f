import { InvalidArgumentError, Option } from "commander";
import { limitFaults } from "../options/limits.js";
import { UsageError } from "./usage-error.js";

/** The option of every command that prints colours. */
export function colorOption(): Option {
  return new Option("--no-color", "print without colours; the variable NO_COLOR does the same");
}

/** The variable with the keys of a store, where no file with them is named. */
export const sealKeysVariable = "CODECELL_SEAL_KEYS";

/** The option of every command that opens a store. */
export function sealKeysOption(): Option {
  const keys = "keys that encrypt the store, a line ID=BASE64 each, the current one first";
  return new Option(
    "--seal-keys <file>",
    `file with ${keys}; the variable ${sealKeysVariable} does the same`,
  );
}

/** Makes a parser of an argument of what reads it and throws a `UsageError`. */
export function readWith<Value>(read: (value: string) => Value): (value: string) => Value {
  return (value) => {
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new InvalidArgumentError(error.message);
    }
  };
}

/** @throws {InvalidArgumentError} */
export function toMs(value: string): number {
  const ms = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(ms) || ms === 0) {
    throw new InvalidArgumentError("It is a number of milliseconds, such as 10000.");
  }
  return ms;
}

/** @throws {InvalidArgumentError} */
export function toCount(value: string): number {
  const count = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(count) || count === 0) {
    throw new InvalidArgumentError("It must be a whole number above 0.");
  }
  return count;
}

/** @throws {InvalidArgumentError} */
export function toPort(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) {
    throw new InvalidArgumentError("It must be a port from 0 to 65535; 0 takes a free one.");
  }
  return port;
}

/** @throws {InvalidArgumentError} */
export function toLimits(
  value: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const [, name, amount] = /^(\w+)=(\d+)$/.exec(value) ?? [];
  if (name === undefined || amount === undefined) {
    throw new InvalidArgumentError("It is a limit's name and a number, such as cpuMs=600000.");
  }
  const limit = { [name]: Number(amount) };
  const faults = limitFaults(limit, "runtime");
  if (faults.length > 0) throw new InvalidArgumentError(faults.join(" "));
  return { ...before, ...limit };
}

/** Of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
