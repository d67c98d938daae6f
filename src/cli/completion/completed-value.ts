import { limitNames } from "../../options/limits.js";

/** What the value of an option or an operand can be; "anything" cannot be completed. */
export type CompletedValue =
  | { readonly type: "anything" }
  | { readonly type: "file" }
  | { readonly type: "directory" }
  /** A word that ends in "=" or ":" is the start of a value, and gets no space after it. */
  | { readonly type: "words"; readonly words: readonly string[] };

/**
 * What a value can be: its choices, or else what its placeholder in the help stands for.
 *
 * @param placeholder - without brackets and dots, as "file" of `<file...>`.
 * @param commandNames - the commands of the program, which `help [command]` takes.
 */
export function completedValue(
  placeholder: string,
  choices: readonly string[] | undefined,
  commandNames: readonly string[],
): CompletedValue {
  if (choices !== undefined) return { type: "words", words: choices };
  switch (placeholder) {
    case "file":
      return { type: "file" };
    case "directory":
      return { type: "directory" };
    case "name=value":
      return { type: "words", words: limitNames.map((name) => `${name}=`) };
    case "address":
      return { type: "words", words: ["stdio", "http://127.0.0.1:"] };
    case "command":
      return { type: "words", words: commandNames };
    default:
      return { type: "anything" };
  }
}
