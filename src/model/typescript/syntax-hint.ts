/** A syntax error, where its place is known. */
interface Fault {
  readonly message: string;
  readonly position?: { readonly column: number; readonly sourceLine: string } | undefined;
}

/**
 * What to write instead, for mistakes that a parser's message does not explain to a model; undefined
 * where the message says enough.
 */
export function syntaxHint({ message, position }: Fault): string | undefined {
  // The engine's words, then the erasing parser's.
  if (/^(Illegal return statement|Return statement is not allowed here)/.test(message)) {
    return "A cell is a module and not a function, so its top level has no return: hand a result out with text(value), and end early with exit().";
  }
  if (position?.sourceLine[position.column - 1] === "@") {
    return "Decorators are not JavaScript yet, and are more than types, so they cannot be erased: call the function on the class or the method instead, as in const Decorated = decorate(Plain).";
  }
  return undefined;
}
