const lineFeed = 10;

/** How many lines a text has; a line break at its end begins no further line. */
export function countLines(text: string): number {
  let lines = text === "" || text.endsWith("\n") ? 0 : 1;
  // A search for each would take many times as long where there is nothing else.
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) === lineFeed) lines += 1;
  return lines;
}

/**
 * One line of a JavaScript source by its number, which counts from one as in the engine; empty if the
 * source has no such line.
 */
export function sourceLineAt(source: string, line: number): string {
  const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) {
    if (lineEnd.exec(source) === null) return "";
    start = lineEnd.lastIndex;
  }
  return source.slice(start, lineEnd.exec(source)?.index);
}
