/** A text as one word of bash or zsh, in quotes where it has to be. */
export function shellWord(text: string): string {
  return /^[\w-][\w./:=-]*$/.test(text) ? text : quoted(text);
}

/** A text in single quotes, in which bash and zsh read nothing but the end. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
