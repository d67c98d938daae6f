/** What libraries are given of the native layer; native/isolate/globals/web_natives.cc has it. */
export interface Native {
  /** The bytes of the text in UTF-8. */
  readonly utf8Length: (text: string) => number;
  /**
   * Writes the whole characters that fit, in UTF-8, a lone surrogate as U+FFFD; returns the units
   * read and the bytes written.
   */
  readonly encodeInto: (text: string, into: Uint8Array) => readonly [read: number, written: number];
  /** Undefined where `fatal` is set and the bytes are malformed. */
  readonly decode: (
    encoding: Encoding,
    bytes: ArrayBufferView,
    fatal: boolean,
  ) => string | undefined;
  /** The number of bytes at the end that begin a character which is not complete yet. */
  readonly openBytes: (encoding: Encoding, bytes: ArrayBufferView) => number;
  /** Undefined where a unit is above 0xFF. */
  readonly toBase64: (binary: string) => string | undefined;
  /** Undefined where the text is not base64. */
  readonly fromBase64: (text: string) => string | undefined;

  readonly kindOf: (value: unknown) => Kind;
  /** The own enumerable keys that are strings and not indexes. */
  readonly namedKeys: (object: object) => readonly string[];
  readonly copyRegExp: (pattern: object) => RegExp;
  readonly isDetached: (buffer: object) => boolean;
  /** Another buffer with the same memory; undefined where the buffer cannot be detached. */
  readonly shareBuffer: (buffer: object) => ArrayBuffer | undefined;
  readonly detach: (buffer: object) => void;

  /** Milliseconds since the cell began, in tenths. */
  readonly now: () => number;
  /** When the cell began, in milliseconds since 1970. */
  readonly origin: () => number;
  readonly fillRandom: (view: ArrayBufferView) => void;
  /** Calls back later; no work of the cell waits for it. */
  readonly setBackgroundTimer: (callback: () => void, delayMs: number) => number;
  /** The cell fails with what a callback has thrown that no code awaits. */
  readonly report: (thrown: unknown) => void;
  /** The exports of the library idna. */
  readonly idna: () => typeof import("./idna.js");
}

export const Encoding = { utf8: 0, utf16le: 1, utf16be: 2, windows1252: 3 } as const;
export type Encoding = (typeof Encoding)[keyof typeof Encoding];

/** What a value is to structuredClone. */
export const Kind = {
  uncloneable: 0,
  plain: 1,
  array: 2,
  date: 3,
  regExp: 4,
  map: 5,
  set: 6,
  buffer: 7,
  view: 8,
  error: 9,
  wrapper: 10,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** The parameter of the function that a library is compiled as. */
declare global {
  const native: Native;
}
