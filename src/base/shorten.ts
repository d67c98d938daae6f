/**
 * The first units of a text. A character of two units that would be cut is left out, so that what is sent on
 * as UTF-8 has no sign of a wrong one.
 *
 * @param maxLength - UTF-16 units.
 */
export function beginningOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const isCut = isHighSurrogate(text, maxLength - 1) && isLowSurrogate(text, maxLength);
  return text.slice(0, isCut ? maxLength - 1 : maxLength);
}

/** A text that is too long as its beginning and an ellipsis, which is not counted. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${beginningOf(text, maxLength)}…`;
}

function isHighSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
