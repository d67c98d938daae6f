import { invalidOption } from "./option-checks.js";

/** Characters. */
const maxLength = 256;

/**
 * Checks an id that the caller has chosen, where there is one.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function checkId(name: string, id: string | undefined): void {
  if (id === undefined) return;
  if (typeof id !== "string" || id === "" || id.length > maxLength) {
    throw invalidOption(name, `a string of 1 to ${maxLength} characters`, id);
  }
  // A store keeps texts as UTF-8, in which all of these are the same.
  if (/\p{Surrogate}/u.test(id)) throw invalidOption(name, "without half of a surrogate pair", id);
}
