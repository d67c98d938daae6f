/** Counts the tokens of a text. */
export type CountTokens = (text: string) => number;

const bytesPerToken = 4;

/** The default count: four UTF-8 bytes are a token, and what is left over is one more. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

/** A number of tokens that a text may have, and how to cut a longer one. Immutable. */
export class TokenBudget {
  readonly maxTokens: number;
  readonly #countTokens: CountTokens;

  /** @param countTokens - Default: `estimateTokens`. */
  constructor(maxTokens: number, countTokens: CountTokens = estimateTokens) {
    this.maxTokens = maxTokens;
    this.#countTokens = countTokens;
  }

  count(text: string): number {
    return this.#countTokens(text);
  }

  /**
   * Keeps the head and the tail of a text in equal parts and says between them how much is gone.
   * Cuts between characters. A text that fits stays as it is.
   */
  cutMiddle(text: string): string {
    const tokens = this.count(text);
    if (tokens <= this.maxTokens) return text;
    const bytes = Buffer.from(text);
    const keptBytes = this.#keptBytes(bytes.length, tokens);
    const headBytes = Math.floor(keptBytes / 2);
    const head = bytes.subarray(0, startOfCharacter(bytes, headBytes)).toString();
    const tail = bytes
      .subarray(nextCharacter(bytes, bytes.length - (keptBytes - headBytes)))
      .toString();
    return `${head}…${tokens - this.maxTokens} tokens truncated…${tail}`;
  }

  /** What is left of the budget after a text; at least nothing. */
  without(text: string): TokenBudget {
    return new TokenBudget(Math.max(0, this.maxTokens - this.count(text)), this.#countTokens);
  }

  /** A counter of the caller's is taken to spread its tokens evenly over the text. */
  #keptBytes(bytes: number, tokens: number): number {
    return this.#countTokens === estimateTokens
      ? this.maxTokens * bytesPerToken
      : Math.floor((bytes * this.maxTokens) / tokens);
  }
}

function startOfCharacter(bytes: Buffer, at: number): number {
  let start = at;
  while (isInsideCharacter(bytes, start)) start -= 1;
  return start;
}

function nextCharacter(bytes: Buffer, at: number): number {
  let start = at;
  while (isInsideCharacter(bytes, start)) start += 1;
  return start;
}

function isInsideCharacter(bytes: Buffer, at: number): boolean {
  const byte = bytes[at];
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
