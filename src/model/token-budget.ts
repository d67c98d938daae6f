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
   * Cuts between characters, and leaves together what is shown as one, such as a letter and its
   * combining marks. A text that fits stays as it is.
   */
  cutMiddle(text: string): string {
    const tokens = this.count(text);
    if (tokens <= this.maxTokens) return text;
    const bytes = Buffer.from(text);
    if (this.#countTokens === estimateTokens) {
      const { head, tail } = keepEnds(bytes, this.maxTokens * bytesPerToken);
      return `${head}…${tokens - this.maxTokens} tokens truncated…${tail}`;
    }
    const { head, tail, kept } = this.#keepCounted(bytes, tokens);
    return `${head}…${tokens - kept} tokens truncated…${tail}`;
  }

  /** What is left of the budget after a text; at least nothing. */
  without(text: string): TokenBudget {
    return new TokenBudget(Math.max(0, this.maxTokens - this.count(text)), this.#countTokens);
  }

  /** A counter of the caller's need not spread its tokens evenly: less is kept until it fits. */
  #keepCounted(bytes: Buffer, tokens: number): KeptEnds & { readonly kept: number } {
    let keptBytes = Math.floor((bytes.length * this.maxTokens) / tokens);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const ends = keepEnds(bytes, keptBytes);
      const kept = this.count(ends.head) + this.count(ends.tail);
      if (kept <= this.maxTokens) return { ...ends, kept };
      keptBytes = Math.floor(Math.min(keptBytes * 0.9, (keptBytes * this.maxTokens) / kept));
    }
    return { head: "", tail: "", kept: 0 };
  }
}

/** What is left of a text whose middle is cut. */
interface KeptEnds {
  readonly head: string;
  readonly tail: string;
}

const maxTries = 16;

function keepEnds(bytes: Buffer, keptBytes: number): KeptEnds {
  const headBytes = Math.floor(keptBytes / 2);
  const headEnd = startOfCharacter(bytes, headBytes);
  const tailStart = nextCharacter(bytes, bytes.length - (keptBytes - headBytes));
  const head = bytes.subarray(0, headEnd);
  const tail = bytes.subarray(tailStart);
  const [headExcess] = shownAsOne(bytes, headEnd);
  const [, tailExcess] = shownAsOne(bytes, tailStart);
  return {
    head: head.subarray(0, head.length - headExcess).toString(),
    tail: tail.subarray(tailExcess).toString(),
  };
}

/** Bytes to either side that are looked at; longer clusters are cut between their characters. */
const clusterBytes = 64;

let segmenter: Intl.Segmenter | undefined;

/** How many bytes before and after this start of a character are shown as one with it. */
function shownAsOne(bytes: Buffer, at: number): readonly [before: number, after: number] {
  if (at === 0 || at === bytes.length) return [0, 0];
  const before = bytes.subarray(startOfCharacter(bytes, Math.max(0, at - clusterBytes)), at);
  const after = bytes.subarray(at, nextCharacter(bytes, at + clusterBytes));
  const text = before.toString();
  segmenter ??= new Intl.Segmenter();
  const cluster = segmenter.segment(text + after.toString()).containing(text.length);
  if (cluster === undefined || cluster.index === text.length) return [0, 0];
  const bytesBefore = Buffer.byteLength(text.slice(cluster.index));
  const bytesAfter = Buffer.byteLength(cluster.segment) - bytesBefore;
  const beginsHere = bytesBefore < before.length || before.length === at;
  const endsHere = bytesAfter < after.length || at + after.length === bytes.length;
  return beginsHere && endsHere ? [bytesBefore, bytesAfter] : [0, 0];
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
