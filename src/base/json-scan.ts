import { backslash, colon, comma, openArray, openObject, quote } from "./json-units.js";

/**
 * Counts what a JSON text is made of while its bytes come in, so that it is known before the text is
 * parsed: parsing it cannot be interrupted, and takes a multiple of this. The text need not be valid.
 */
export class JsonScan {
  #bytes = 0;
  #values = 0;
  #isInString = false;
  #isEscaped = false;

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Values so far, keys of objects included; as good as exact. */
  get values(): number {
    return this.#values;
  }

  /** Takes the next bytes of the text, in UTF-8. */
  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    for (const byte of chunk) {
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) this.#isInString = false;
      } else if (byte === quote) {
        this.#isInString = true;
      } else if (byte === comma || byte === colon || byte === openArray || byte === openObject) {
        this.#values += 1;
      }
    }
  }

  /** Begins with another text. */
  reset(): void {
    this.#bytes = 0;
    this.#values = 0;
    this.#isInString = false;
    this.#isEscaped = false;
  }
}

/** The `id` of a JSON-RPC message, found without parsing it; undefined where none is found. */
export function messageId(json: string): string | number | undefined {
  const part = /["{}[\]]/g;
  let depth = 0;
  for (let found = part.exec(json); found !== null; found = part.exec(json)) {
    const [mark] = found;
    if (mark === "{" || mark === "[") depth += 1;
    else if (mark !== '"') depth -= 1;
    else {
      const end = endOfString(json, found.index);
      const isId = depth === 1 && json.slice(found.index, end + 1) === '"id"';
      const id = isId ? idAfter(json, end + 1) : undefined;
      if (id !== undefined) return id;
      part.lastIndex = end + 1;
    }
  }
  return undefined;
}

function idAfter(json: string, at: number): string | number | undefined {
  const value = /\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,20})\s*[,}]/y;
  value.lastIndex = at;
  const text = value.exec(json)?.[1];
  return text === undefined ? undefined : (JSON.parse(text) as string | number);
}

/** The index of the quote that ends the string at `start`, or the length of the text if no quote ends it. */
export function endOfString(json: string, start: number): number {
  let end = start;
  for (;;) {
    end = json.indexOf('"', end + 1);
    if (end === -1) return json.length;
    let first = end;
    while (json.charCodeAt(first - 1) === backslash) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
}
