/** What came from the person, or from a file in their place. */
export type Input =
  /** One line, or several that were pasted together or taken from the history. */
  | { readonly type: "text"; readonly text: string }
  /** The entry that was begun is unwanted. */
  | { readonly type: "dropped" }
  | { readonly type: "ended" };

/** Where entries come from. */
export interface InputSource extends Disposable {
  /** @param position - Whether an entry begins, or continues with this line. */
  next(position: "first" | "further"): Promise<Input>;
  /** Keeps a whole entry for later. */
  remember(entry: string): void;
}
