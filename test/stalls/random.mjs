// Inputs from a seed: the same seed makes the same inputs.

/** @typedef {() => number} Random - A number from 0 to 1, without 1. */

/**
 * @param {number} seed
 * @returns {Random}
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @template Item
 * @param {Random} random
 * @param {readonly Item[]} items
 * @returns {Item}
 */
export function pick(random, items) {
  return /** @type {Item} */ (items[Math.floor(random() * items.length)]);
}

/** A size between two, small ones as often as large ones. @param {Random} random @param {number} from @param {number} to */
export function size(random, from, to) {
  return Math.floor(from * (to / from) ** random());
}

const words = [
  "[", "]", "{", "}", "(", ")", "=>", "async ", "await ", "function f(){", "class A{", "`${", "}`",
  "/", "/u;", "\\p{L}", "[a-z]", "(?<a>", "*", "+", "?", ":", "<", ">", "<T>", "a", "b1", "0", '"', "'",
  "\n", "\r\n", "\u2028", " ", "\t", ",", ";", "=", "let a=", "//", "/*", "*/", "# ", "```", "~~~",
  "// @exec: ", "as any", "!", "...", ".", "é", "日", "😀", "\\u0041", "\u0000", "import ", "export ", "type A=",
  "interface B {", "enum C {", "namespace D {", "x<y<", "@d ", "case ", "l:", "eval('1');", "{a", "[...",
]; // biome-ignore format: a table of words.

/**
 * A text of a few pieces, each repeated: what makes parsers and regular expressions slow.
 * @param {Random} random
 * @param {number} length - UTF-16 units, about.
 */
export function randomText(random, length) {
  const parts = 1 + Math.floor(random() * 3);
  let text = "";
  for (let i = 0; i < parts; i += 1) {
    const piece = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      pick(random, words),
    ).join("");
    text += piece.repeat(Math.ceil(length / parts / piece.length));
  }
  return text;
}

/** @type {readonly ((n: number) => string)[]} */
const members = [
  () => "[]",
  () => "{}",
  () => "0",
  () => "null",
  () => '""',
  () => "[[]]",
  (n) => `"${n}"`,
  (n) => `{"k${n}":0}`,
  (n) => `{"a":${n},"b":{"c":[]}}`,
  () => "1.5e300",
  () => '"\\u0041\\n"',
  () => '"日"',
  () => `${"[".repeat(900)}${"]".repeat(900)}`,
];

/**
 * A JSON text of many values.
 * @param {Random} random
 * @param {number} length - Characters, about.
 */
export function randomJson(random, length) {
  const member = pick(random, members);
  const parts = [];
  let total = 0;
  for (let n = 0; total < length; n += 1) {
    const part = member(n);
    parts.push(part);
    total += part.length + 1;
  }
  if (random() < 0.3) return `{${parts.map((part, n) => `"m${n}":${part}`).join()}}`;
  return `[${parts.join()}]`;
}
