import type { SourcePosition } from "../../protocol/outcome.js";

/** Text that is put into a source before the character at `offset`. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
  /** Where in the source that is told to be what goes wrong in the text. */
  readonly toldAt: number;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** A source with text put into it, and the way back from its positions. */
export class Insertions {
  /** The source with the insertions. */
  readonly result: string;
  readonly #source: string;
  readonly #insertions: readonly Insertion[];

  /** @param insertions - In the order of their offsets. */
  constructor(source: string, insertions: readonly Insertion[]) {
    this.#source = source;
    this.#insertions = insertions;
    let result = "";
    let from = 0;
    for (const { offset, text } of insertions) {
      result += source.slice(from, offset) + text;
      from = offset;
    }
    this.result = result + source.slice(from);
  }

  positionBefore({ line, column }: SourcePosition): SourcePosition {
    const place = this.#placeBefore({ line, column });
    return { ...place, sourceLine: lineOf(this.#source, place.line) };
  }

  /** The text of an error, with the places of its frames. */
  textBefore(text: string): string {
    return text.replace(
      /^( +at .*?)\bexec_main\.mjs:(\d+):(\d+)/gm,
      (_frame, before, line, column) => {
        const place = this.#placeBefore({ line: Number(line), column: Number(column) });
        return `${before}exec_main.mjs:${place.line}:${place.column}`;
      },
    );
  }

  #placeBefore({ line, column }: Place): Place {
    const start = startOf(this.result, line);
    if (start === undefined) return { line, column };
    const offset = start + column - 1;
    let shift = 0;
    for (const insertion of this.#insertions) {
      const insertedAt = insertion.offset + shift;
      if (offset < insertedAt) break;
      if (offset < insertedAt + insertion.text.length) {
        return placeOf(this.#source, insertion.toldAt);
      }
      shift += insertion.text.length;
    }
    return placeOf(this.#source, offset - shift);
  }
}

const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;

/** A line of a source, counted from one as the engine does. */
export function lineOf(source: string, line: number): string {
  return source.split(lineEnd)[line - 1] ?? "";
}

/** Where a line starts; undefined where the source has none of this number. */
function startOf(source: string, line: number): number | undefined {
  const starts = [0, ...[...source.matchAll(lineEnd)].map((end) => end.index + end[0].length)];
  return starts[line - 1];
}

function placeOf(source: string, offset: number): Place {
  const lines = source.slice(0, offset).split(lineEnd);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}
