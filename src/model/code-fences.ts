/** A source without the code fences that stood around it. */
export interface Unfenced {
  readonly source: string;
  /** Lines that stood before it and are gone; 0 where the line numbers are as they were. */
  readonly linesBefore: number;
}

/**
 * Takes away code fences around a whole source, also where a pragma stands before them. A fence that
 * is never closed goes too.
 */
export function removeCodeFences(input: string): Unfenced {
  const lines = input.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const isPragma = lines[first]?.trimStart().startsWith("//") === true;
  const open = isPragma
    ? lines.findIndex((line, index) => index > first && line.trim() !== "")
    : first;
  // Trimmed first: blanks at both ends of one expression would take the square of their number.
  const fence = /^(`{3,}|~{3,})[ \t]*[\w+.-]*$/.exec((lines[open] ?? "").trim())?.[1];
  if (fence === undefined) return { source: input, linesBefore: 0 };
  const last = lines.findLastIndex((line) => line.trim() !== "");
  const end = last > open && lines[last]?.trim() === fence ? last : lines.length;
  const code = lines.slice(open + 1, end);
  if (!isPragma) return { source: code.join("\n"), linesBefore: open + 1 };
  // An empty line takes the fence's place.
  return { source: [...lines.slice(first, open), "", ...code].join("\n"), linesBefore: first };
}
