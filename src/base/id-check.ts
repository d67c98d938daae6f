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
}
