/**
 * The beginning of what `JSON.stringify` makes of a value. Only as much of the value is read as is
 * shown, however large it is.
 *
 * @param maxLength - UTF-16 units; where the text has more, an ellipsis stands for the rest.
 * @returns Undefined where JSON has no text for the value.
 * @throws What a `toJSON` or a getter of the value throws.
 */
export function previewJson(value: unknown, maxLength: number): string | undefined {
  const text = new PreviewWriter(maxLength).write(value);
  if (text === undefined || text.length <= maxLength) return text;
  return `${text.slice(0, maxLength)}…`;
}

/** Writes JSON until there is more than will be shown. */
class PreviewWriter {
  readonly #maxLength: number;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** @param before - What has been written already, which counts too. */
  write(value: unknown, before = 0): string | undefined {
    const shown = hasToJson(value) ? value.toJSON("") : value;
    if (typeof shown === "string") return JSON.stringify(shown.slice(0, this.#maxLength + 1));
    if (typeof shown !== "object" || shown === null) return JSON.stringify(shown);
    return Array.isArray(shown) ? this.#array(shown, before) : this.#object(shown, before);
  }

  #array(values: readonly unknown[], before: number): string {
    let text = "[";
    for (const value of values) {
      if (before + text.length > this.#maxLength) return text;
      if (text !== "[") text += ",";
      text += this.write(value, before + text.length) ?? "null";
    }
    return `${text}]`;
  }

  #object(members: object, before: number): string {
    let text = "{";
    for (const key of Object.keys(members)) {
      if (before + text.length > this.#maxLength) return text;
      const name = `${text === "{" ? "" : ","}${this.write(key)}:`;
      const length = before + text.length + name.length;
      const value = this.write((members as Record<string, unknown>)[key], length);
      if (value !== undefined) text += name + value;
    }
    return `${text}}`;
  }
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  if (typeof value !== "object" || value === null || !("toJSON" in value)) return false;
  return typeof value.toJSON === "function";
}
