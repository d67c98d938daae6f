/** A source without the code fences that stood around it. */
export interface Unfenced {
  readonly source: string;
  /** Lines that stood before it and are gone; 0 where the line numbers are as they were. */
  readonly linesBefore: number;
}

/** A line's place in a text: its first unit, and the one behind its last. */
interface Line {
  readonly start: number;
  readonly end: number;
}

/** A fence is a short line; no more of a line than this is looked at. */
const maxFenceLength = 200;

/**
 * Takes away code fences around a whole source, also where a pragma stands before them. A fence that
 * is never closed goes too. Only the lines at both ends are read, however long the source is.
 */
export function removeCodeFences(input: string): Unfenced {
  const unchanged = { source: input, linesBefore: 0 };
  const first = lineFrom(input, 0);
  if (first === undefined) return unchanged;
  const isPragma = input.startsWith("//", skipBlanks(input, first.start));
  const open = isPragma ? lineFrom(input, first.end + 1) : first;
  if (open === undefined) return unchanged;
  const fence = /^(`{3,}|~{3,})[ \t]*[\w+.-]*$/.exec(shortLine(input, open))?.[1];
  if (fence === undefined) return unchanged;
  const last = lastLine(input);
  const isClosed = last.start > open.start && shortLine(input, last) === fence;
  const code = input.slice(open.end + 1, isClosed ? last.start - 1 : undefined);
  const blankLines = countLineEnds(input, first.start);
  if (!isPragma) return { source: code, linesBefore: blankLines + 1 };
  // An empty line takes the fence's place.
  return { source: `${input.slice(first.start, open.start)}\n${code}`, linesBefore: blankLines };
}

/** The first line that is not blank, of those from this start of one on. */
function lineFrom(text: string, start: number): Line | undefined {
  const at = skipBlanks(text, start);
  if (at === text.length) return undefined;
  const end = text.indexOf("\n", at);
  return {
    start: Math.max(start, text.lastIndexOf("\n", at) + 1),
    end: end === -1 ? text.length : end,
  };
}

/** The last line that is not blank, of a text that has one. */
function lastLine(text: string): Line {
  const end = text.trimEnd().length;
  const next = text.indexOf("\n", end);
  return { start: text.lastIndexOf("\n", end - 1) + 1, end: next === -1 ? text.length : next };
}

/** A line without blanks at its ends; empty where it is too long for a fence. */
function shortLine(text: string, { start, end }: Line): string {
  const line = text.slice(start, end).trim();
  return line.length > maxFenceLength ? "" : line;
}

function skipBlanks(text: string, start: number): number {
  const blank = /\s*/y;
  blank.lastIndex = start;
  blank.exec(text);
  return blank.lastIndex;
}

function countLineEnds(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1))
    count += 1;
  return count;
}
