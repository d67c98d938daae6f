import { describeThrown } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import { needsOf } from "./addon-file.js";
import { elfFault } from "./elf-header.js";
import { addonAdvice, describeHere } from "./here.js";
import { glibcVersion, isMusl } from "./libc.js";

/** What an `Error` of Node's loader of addons has. */
type LoaderError = NodeJS.ErrnoException | undefined;

/**
 * Why Node did not load an addon, as an error that says what to do.
 *
 * @param thrown - What Node has thrown.
 */
export function loadFailure(addon: string, thrown: unknown): CodeModeError {
  if ((thrown as LoaderError)?.code === "ERR_DLOPEN_DISABLED") return disabledError(thrown);
  const words = describeThrown(thrown);
  const why = libcMismatch(addon, words) ?? "";
  return new CodeModeError(
    "ERR_ADDON_MISMATCH",
    `The native addon ${addon} cannot be loaded on ${describeHere()}: ${why}${withStop(words)} ${addonAdvice()}`,
    { cause: thrown },
  );
}

/** Flags of Node forbid addons, whichever file it is. */
export function disabledError(thrown: unknown): CodeModeError {
  return new CodeModeError(
    "ERR_ADDON_MISMATCH",
    `No native addon can be loaded, because the flags of ${describeHere()} forbid it. ` +
      "Start Node without --no-addons, and with --allow-addons where its permissions are limited.",
    { cause: thrown },
  );
}

/** The error of an addon that needs another libc; undefined if it does not, or if that is not known. */
export function libcError(addon: string): CodeModeError | undefined {
  const why = libcMismatch(addon, "");
  return why === undefined ? undefined : unfit(addon, `${why}${addonAdvice()}`);
}

/** The error of a file that must not be loaded: it is damaged, or for another processor. */
export function fileError(addon: string): CodeModeError | undefined {
  const why = elfFault(addon);
  return why === undefined ? undefined : unfit(addon, `${why}${addonAdvice(addon)}`);
}

function unfit(addon: string, why: string): CodeModeError {
  const message = `The native addon ${addon} cannot be loaded on ${describeHere()}: ${why}`;
  return new CodeModeError("ERR_ADDON_MISMATCH", message);
}

/**
 * "it needs glibc 2.34 or later. "
 *
 * @param words - What the system's loader has said.
 */
export function libcMismatch(addon: string, words: string): string | undefined {
  const [, named] = /GLIBC_([\d.]+)' not found/.exec(words) ?? [];
  const needed = named ?? needsOf(addon).glibc;
  if (isMusl()) {
    const isForGlibc = needed !== undefined || /ld-linux|libc\.so\.6|symbol not found/.test(words);
    return isForGlibc ? "it was built for glibc, and this Node uses musl. " : undefined;
  }
  const found = glibcVersion();
  if (needed === undefined || found === undefined || !isOlder(found, needed)) return undefined;
  return `it needs glibc ${needed} or later. `;
}

/** "2.28" is older than "2.34", and than "2.100". */
function isOlder(one: string, other: string): boolean {
  return one.localeCompare(other, "en", { numeric: true }) < 0;
}

function withStop(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
