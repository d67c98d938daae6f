/**
 * A text as PostgreSQL takes it: as it is where it can be, else as JSON text after a backslash. PostgreSQL has
 * neither NUL nor half of a surrogate pair, and two texts must never become one.
 */
export function toColumn(text: string): string {
  const isPlain = !text.startsWith("\\") && !text.includes("\0") && isWellFormed(text);
  return isPlain ? text : `\\${JSON.stringify(text)}`;
}

export function fromColumn(column: string): string {
  return column.startsWith("\\") ? (JSON.parse(column.slice(1)) as string) : column;
}

function isWellFormed(text: string): boolean {
  // Every Node that we run on has it, and the types of ES2022 have not.
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}

/**
 * Texts as one parameter of a statement, which takes them out by their places. As an array they would be
 * escaped, and a large one would hold up the event loop.
 */
export class PackedTexts {
  readonly #texts: string[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  #length = 0;

  add(text: string): void {
    const column = toColumn(text);
    const length = Buffer.byteLength(column);
    this.#texts.push(column);
    // As PostgreSQL counts, from 1.
    this.#starts.push(this.#length + 1);
    this.#lengths.push(length);
    this.#length += length;
  }

  /** The bytes, where each text starts, and how many bytes it has. */
  get values(): readonly [Buffer, readonly number[], readonly number[]] {
    const bytes = Buffer.allocUnsafe(this.#length);
    for (const [index, text] of this.#texts.entries()) {
      bytes.write(text, (this.#starts[index] ?? 1) - 1);
    }
    return [bytes, this.#starts, this.#lengths];
  }
}
