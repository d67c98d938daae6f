/** "12 ms" below a second, "1.24 s" from there on. */
export function formatDuration(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 99_995 ? 2 : 0)} s`;
}

/** "812 bytes", "1.2 kB", "3.4 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) {
    return count(bytes, "byte");
  }
  return bytes < 1_000_000 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The number of a call in its cell; of one that is not durable, with the cell's: "2-1". */
export function shownCallId(callId: string): string {
  return callId.replace(/^[0-9a-f-]{36}-/, "");
}

/** "1 tool", "2 tools". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** One line of at most so many characters: line ends become spaces, what is left over an ellipsis. */
export function oneLine(text: string, maxLength: number): string {
  const line = visible(
    text
      .slice(0, maxLength * 4)
      .replace(/\s+/g, " ")
      .trim(),
  );
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}

/** The codes of `Style`, in the form that `visibleBeside` leaves alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one.
const ownColors = /^\u001b\[(?:1|2|22|31|32|33|36|39)m/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const escapes = /(?=\u001b)/;

/** `visible`, but for the colours that a `Style` has put beside what came from elsewhere. */
export function visibleBeside(colored: string): string {
  return colored
    .split(escapes)
    .map((part) => {
      const [color = ""] = ownColors.exec(part) ?? [];
      return color + visible(part.slice(color.length));
    })
    .join("");
}

/**
 * A JSON document for standard output, which may be a terminal: JSON leaves some control characters as
 * they are, and they are the same value as escapes.
 */
export function jsonText(value: unknown): string {
  const json = JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    fourDigits,
  );
  return `${json}\n`;
}

/**
 * Makes control characters visible, so that what a cell or a server writes cannot move the cursor,
 * set the title or otherwise drive the terminal; so too the marks that turn the direction of what follows, with
 * which a text reads as another. Line ends and tabs stay.
 */
export function visible(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    )
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, fourDigits);
}

function fourDigits(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
