import { describeValue } from "../../base/describe-value.js";
import { HostError } from "../host-error.js";

/** Reads a value of a message. @throws {HostError} `invalid`, which names the place. */
export type ReadField<Value> = (value: unknown, place: string) => Value;

export function invalid(place: string, expected: string, value: unknown): HostError {
  return new HostError("invalid", `${place} must be ${expected}, not ${describeValue(value)}`);
}

export const text: ReadField<string> = (value, place) => {
  if (typeof value !== "string") throw invalid(place, "a string", value);
  return value;
};

/** A whole number that is not negative. */
export const count: ReadField<number> = (value, place) => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw invalid(place, "a whole number", value);
  return value;
};

/** The id of a request. */
export const integer: ReadField<number> = (value, place) => {
  if (!Number.isSafeInteger(value)) throw invalid(place, "a whole number", value);
  return value as number;
};

export const anything: ReadField<unknown> = (value) => value;

export function optional<Value>(read: ReadField<Value>): ReadField<Value | undefined> {
  return (value, place) => (value === undefined || value === null ? undefined : read(value, place));
}

export function listOf<Value>(read: ReadField<Value>): ReadField<readonly Value[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw invalid(place, "an array", value);
    return value.map((item, index) => read(item, `${place}[${index}]`));
  };
}

export function oneOf<const Value extends string>(...values: readonly Value[]): ReadField<Value> {
  return (value, place) => {
    const found = values.find((known) => known === value);
    if (found === undefined) throw invalid(place, `one of ${values.join(", ")}`, value);
    return found;
  };
}

/** An object with these fields and no others. */
export function object<Fields extends Readonly<Record<string, ReadField<unknown>>>>(
  fields: Fields,
): ReadField<{ readonly [Name in keyof Fields]: ReturnType<Fields[Name]> }> {
  return (value, place) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw invalid(place, "an object", value);
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined) {
      const known = Object.keys(fields).join(", ");
      throw new HostError(
        "invalid",
        `${place || "the message"} has an unknown field "${unknown}"; it may have ${known}`,
      );
    }
    const entries = Object.entries(fields).map(([name, read]) => [
      name,
      read((value as Record<string, unknown>)[name], place === "" ? name : `${place}.${name}`),
    ]);
    return Object.fromEntries(entries) as { [Name in keyof Fields]: ReturnType<Fields[Name]> };
  };
}
