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
  if (isAboutReturn(message)) {
    return "This is read as a module, whose top level has no return: hand a result out with text(value), and end early with exit().";
  }
  if (position?.sourceLine[position.column - 1] === "@") {
    return "Decorators are not JavaScript yet, and are more than types, so they cannot be erased: call the function on the class or the method instead, as in const Decorated = decorate(Plain).";
  }
  return undefined;
}

/** Whether a parser objects to a `return` outside of functions: the engine, or the one that erases types. */
export function isAboutReturn(message: string): boolean {
  return /^(Illegal return statement|Return statement is not allowed here)/.test(message);
}
