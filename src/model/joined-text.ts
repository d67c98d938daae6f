import type { OutputItem } from "../protocol/outcome.js";

/** One text of all items, each on lines of its own; undefined where one of them is not a text. */
export function joinedText(items: readonly OutputItem[]): string | undefined {
  let joined = "";
  for (const item of items) {
    if (item.type !== "text") return undefined;
    const separator = joined === "" || joined.endsWith("\n") ? "" : "\n";
    joined += separator + item.text;
  }
  return joined;
}
