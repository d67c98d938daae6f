// What the corpus is made of: programs as models write them, each with what it must come to.

/**
 * A program works where the model reads what it plainly asked for, and is told where the model reads
 * in the answer what to write instead. Anything else is silent, whatever the status says.
 *
 * @typedef {object} Program
 * @property {string} name - Says with its idiom what is tried.
 * @property {string} source
 * @property {readonly string[]} [gives] - All output of the program where it works: the text of texts,
 *   `[image]` for an image. Left out where it cannot work.
 * @property {readonly string[]} [says] - Parts of the answer of a program that is told. With `gives` it
 *   is one that should work and does not yet.
 */

/**
 * @typedef {object} Idiom
 * @property {string} idiom
 * @property {readonly Program[]} programs
 */

/** @typedef {"works" | "told" | "silent"} Verdict */

/** @typedef {import("../../dist/index.js").ModelToolResult} ModelToolResult */

/**
 * What a program should come to.
 *
 * @param {Program} program
 * @returns {Verdict}
 */
export function expectedOf({ says }) {
  return says === undefined ? "works" : "told";
}

/**
 * What has become of a program.
 *
 * @param {Program} program
 * @param {ModelToolResult} answer - What the model reads.
 * @returns {Verdict}
 */
export function judge({ gives, says }, answer) {
  const output = outputOf(answer);
  const works = gives !== undefined && output.length === gives.length;
  if (works && output.every((text, i) => text === gives[i]) && !answer.isError) return "works";
  const whole = answer.content.map(shown).join("\n");
  return says?.every((part) => whole.includes(part)) ? "told" : "silent";
}

/**
 * The answer without its status, for a person.
 *
 * @param {ModelToolResult} answer
 */
export function answerText({ content }) {
  return content.map(shown).join("\n");
}

/** @param {ModelToolResult} answer */
function outputOf({ outcome }) {
  return outcome === undefined || outcome.status === "missing" ? [] : outcome.output.map(shown);
}

/** @param {ModelToolResult["content"][number]} item */
function shown(item) {
  return item.type === "text" ? item.text : `[${item.type}]`;
}
