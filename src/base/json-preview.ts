import { beginningOf, shorten } from "./shorten.js";

/**
 * The beginning of what `JSON.stringify` makes of a value. Only as much of the value is read as is
 * shown, however large it is.
 *
 * @param maxLength - UTF-16 units; where the text has more, an ellipsis stands for the rest.
 * @param indent - Spaces for each level; 0: all is on one line.
 * @returns Undefined where JSON has no text for the value.
 * @throws What a `toJSON` or a getter of the value throws.
 */
export function previewJson(value: unknown, maxLength: number, indent = 0): string | undefined {
  const text = new PreviewWriter(maxLength, indent).write(value);
  return text === undefined ? undefined : shorten(text, maxLength);
}

/** Writes JSON until there is more than will be shown. */
class PreviewWriter {
  readonly #maxLength: number;
  readonly #indent: number;

  constructor(maxLength: number, indent: number) {
    this.#maxLength = maxLength;
    this.#indent = indent;
  }

  /** @param before - What has been written already, which counts too. */
  write(value: unknown, before = 0, depth = 0): string | undefined {
    const shown = hasToJson(value) ? value.toJSON("") : value;
    if (typeof shown === "string") return JSON.stringify(beginningOf(shown, this.#maxLength + 1));
    if (typeof shown !== "object" || shown === null) return JSON.stringify(shown);
    return Array.isArray(shown)
      ? this.#array(shown, before, depth)
      : this.#object(shown, before, depth);
  }

  #array(values: readonly unknown[], before: number, depth: number): string {
    let text = "[";
    for (const value of values) {
      if (before + text.length > this.#maxLength) return text;
      text += (text === "[" ? "" : ",") + this.#line(depth + 1);
      text += this.write(value, before + text.length, depth + 1) ?? "null";
    }
    return text === "[" ? "[]" : `${text}${this.#line(depth)}]`;
  }

  #object(members: object, before: number, depth: number): string {
    const colon = this.#indent === 0 ? ":" : ": ";
    let text = "{";
    for (const key of Object.keys(members)) {
      if (before + text.length > this.#maxLength) return text;
      const comma = text === "{" ? "" : ",";
      const name = `${comma}${this.#line(depth + 1)}${this.write(key)}${colon}`;
      const length = before + text.length + name.length;
      const value = this.write((members as Record<string, unknown>)[key], length, depth + 1);
      if (value !== undefined) text += name + value;
    }
    return text === "{" ? "{}" : `${text}${this.#line(depth)}}`;
  }

  #line(depth: number): string {
    return this.#indent === 0 ? "" : `\n${" ".repeat(this.#indent * depth)}`;
  }
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  if (typeof value !== "object" || value === null || !("toJSON" in value)) return false;
  return typeof value.toJSON === "function";
}
