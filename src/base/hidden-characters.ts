/**
 * Shows in a JSON text what a reader would not see: controls, marks that turn the direction of text,
 * characters without width, and spaces that are none. Line ends stay: JSON has them between values only.
 */
export function showHidden(json: string): string {
  return json.replace(/(?![\n ])[\p{C}\p{Z}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  });
}
