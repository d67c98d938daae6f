import { defineInterface, requireArguments, toOptions } from "./interface.js";
import { Encoding, Kind } from "./native.js";
import { encodeUtf8 } from "./utf8.js";

/** The names of the encodings that cells have, as the web lists them. */
const labels: Readonly<Record<string, readonly string[]>> = {
  "utf-8": ["unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "utf8", "x-unicode20utf8"],
  "utf-16le": ["csunicode", "iso-10646-ucs-2", "ucs-2", "unicode", "unicodefeff", "utf-16"],
  "utf-16be": ["unicodefffe"],
  "windows-1252": [
    "ansi_x3.4-1968",
    "ascii",
    "cp1252",
    "cp819",
    "csisolatin1",
    "ibm819",
    "iso-8859-1",
    "iso-ir-100",
    "iso8859-1",
    "iso88591",
    "iso_8859-1",
    "iso_8859-1:1987",
    "l1",
    "latin1",
    "us-ascii",
    "x-cp1252",
  ],
};

const numbers: Readonly<Record<string, Encoding>> = {
  "utf-8": Encoding.utf8,
  "utf-16le": Encoding.utf16le,
  "utf-16be": Encoding.utf16be,
  "windows-1252": Encoding.windows1252,
};

const nameByLabel: ReadonlyMap<string, string> = new Map(
  Object.entries(labels).flatMap(([name, others]) =>
    [name, ...others].map((label) => [label, name] as const),
  ),
);

/** Characters of a label, with white space around it. */
const maxLabel = 100;

const noBytes: Uint8Array = new Uint8Array(0);

export class TextEncoder {
  get encoding(): "utf-8" {
    return "utf-8";
  }

  encode(input: unknown = ""): Uint8Array<ArrayBuffer> {
    return encodeUtf8(String(input));
  }

  encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
    requireArguments("encodeInto", arguments.length, 2);
    const text = String(source);
    if (!(destination instanceof Uint8Array)) {
      throw new TypeError("encodeInto takes a Uint8Array to write into");
    }
    const [read, written] = native.encodeInto(text, destination);
    return { read, written };
  }
}

export class TextDecoder {
  readonly #name: string;
  readonly #encoding: Encoding;
  readonly #isFatal: boolean;
  readonly #keepsMark: boolean;
  /** The beginning of a character whose other bytes are still to come. */
  #open: Uint8Array = noBytes;
  #isInStream = false;
  #hasBegun = false;

  constructor(label: unknown = "utf-8", options?: unknown) {
    const given = String(label);
    // A longer one is not even looked at: it may be far larger than the memory that it takes.
    const text = given.length > maxLabel ? "…" : given;
    const name = nameByLabel.get(trimmed(text).toLowerCase());
    const { fatal, ignoreBOM } = toOptions<{ fatal: unknown; ignoreBOM: unknown }>(
      "TextDecoder",
      options,
    );
    const encoding = name === undefined ? undefined : numbers[name];
    if (name === undefined || encoding === undefined) {
      throw new RangeError(
        `TextDecoder: "${text}" is no encoding of cells, which have ${Object.keys(numbers).join(", ")}`,
      );
    }
    this.#name = name;
    this.#encoding = encoding;
    this.#isFatal = Boolean(fatal);
    this.#keepsMark = Boolean(ignoreBOM);
  }

  get encoding(): string {
    return this.#name;
  }

  get fatal(): boolean {
    return this.#isFatal;
  }

  get ignoreBOM(): boolean {
    return this.#keepsMark;
  }

  decode(input?: unknown, options?: unknown): string {
    // Reading the options may run code that takes the bytes away.
    const isMore = Boolean(toOptions<{ stream: unknown }>("decode", options).stream);
    const given = input === undefined ? noBytes : bytesOf(input);
    if (!this.#isInStream) {
      this.#open = noBytes;
      this.#hasBegun = false;
    }
    this.#isInStream = isMore;
    const bytes = joined(this.#open, given);
    const open = isMore ? native.openBytes(this.#encoding, bytes) : 0;
    const end = bytes.byteLength - open;
    this.#open = bytes.slice(end);
    const text = native.decode(this.#encoding, bytes.subarray(0, end), this.#isFatal);
    if (text === undefined) {
      this.#isInStream = false;
      throw new TypeError(`The bytes are not ${this.#name}`);
    }
    return this.#withoutMark(text);
  }

  #withoutMark(text: string): string {
    if (this.#hasBegun || text === "" || this.#encoding === Encoding.windows1252) return text;
    this.#hasBegun = true;
    return !this.#keepsMark && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}

for (const made of [TextEncoder, TextDecoder]) defineInterface(made);

/** Without the white space of ASCII at its ends, which is not all that `trim` takes away. */
function trimmed(label: string): string {
  return label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
}

function bytesOf(input: unknown): Uint8Array {
  const kind = native.kindOf(input);
  if (kind === Kind.view) {
    const { buffer, byteOffset, byteLength } = input as ArrayBufferView;
    return native.isDetached(buffer) ? noBytes : new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (kind === Kind.buffer) {
    const buffer = input as ArrayBuffer;
    return native.isDetached(buffer) ? noBytes : new Uint8Array(buffer);
  }
  throw new TypeError("decode takes an ArrayBuffer or a view of one");
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.byteLength === 0) return second;
  const both = new Uint8Array(first.byteLength + second.byteLength);
  both.set(first);
  both.set(second, first.byteLength);
  return both;
}
