import { shellWord } from "./completion/shell-word.js";
import { visible } from "./format.js";
import type { StoreOptions } from "./open-store.js";
import { shownStore } from "./store-names.js";

// What a person is told to type next. It has no password.

/** Lets a cell go on. */
export function resumeCommand(
  cellId: string,
  { config, ...store }: StoreOptions & { readonly config?: string | undefined },
): string {
  const servers = config === undefined ? "" : ` --config ${visible(shellWord(config))}`;
  return `codecell cells resume ${visible(cellId)}${storeWords(store)}${servers}`;
}

/** Answers a question. */
export function approveCommand(approvalId: string, store: StoreOptions): string {
  return `codecell approvals approve ${visible(approvalId.slice(0, 8))}${storeWords(store)}`;
}

function storeWords({ store, sealKeys }: StoreOptions): string {
  const keys = sealKeys === undefined ? "" : ` --seal-keys ${visible(shellWord(sealKeys))}`;
  return ` --store ${visible(shellWord(shownStore(store)))}${keys}`;
}
