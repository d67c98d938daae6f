// Texts of half a gibi characters. The engine makes them of few pieces and without memory; a copy takes
// a gibibyte outside of every limit of the cell. The process may have 600 MiB, so that one is noticed.
import { cellAttacks, completes, MiB } from "../attack.mjs";

const rope = '"\\u0100".repeat(2 ** 29 - 24)';
const process = { rssBytes: 600 * MiB };
const pastOutput = /** @type {const} */ ({
  status: "failed",
  code: "ERR_CELL_OUTPUT_LIMIT",
  limit: "outputBytes",
});

/**
 * @param {string} name
 * @param {string} what
 * @param {string} call
 * @param {string} error - The name of what it throws.
 * @param {readonly import("../prepared-tools.mjs").ToolName[]} [tools]
 */
function throwing(name, what, call, error, tools) {
  return {
    name: `text-${name}`,
    what,
    source: `const rope = ${rope}; try { ${call}; } catch (e) { text(e.name); }`,
    runtimeLimits: process,
    expect: completes(error),
    ...(tools && { tools }),
  };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} call
 */
function handingOut(name, what, call) {
  return {
    name: `text-${name}`,
    what,
    source: `const rope = ${rope}; ${call};`,
    runtimeLimits: process,
    expect: pastOutput,
  };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} thrown
 * @param {string} error - A part of the error's text.
 */
function thrown(name, what, thrown, error) {
  return {
    name: `text-${name}`,
    what,
    source: `const rope = ${rope}; throw ${thrown};`,
    runtimeLimits: process,
    expect: /** @type {const} */ ({ status: "failed", code: "ERR_CELL_SCRIPT", error }),
  };
}

export const memoryOfTexts = cellAttacks([
  thrown("thrown", "Throws a text of half a gibi characters.", "rope", "a text of 536870888"),
  thrown(
    "message",
    "Throws an error with a message of half a gibi characters.",
    "new Error(rope)",
    // The engine's own words for a stack that it cannot make differ.
    "",
  ),
  thrown(
    "stack",
    "Throws an object whose stack and message are half a gibi characters.",
    "{ stack: rope, message: rope, name: rope }",
    "a text of 536870888",
  ),
  throwing(
    "image-type",
    "Gives image a block of an endless type.",
    "image({ type: rope })",
    "TypeError",
  ),
  throwing(
    "media-type",
    "Gives image a block with an endless media type.",
    'image({ type: "image", data: "AAAA", mimeType: rope })',
    "TypeError",
  ),
  throwing("detail", "Gives image an endless detail.", 'image("data:,", rope)', "TypeError"),
  throwing(
    "block-type",
    "Gives content a block of an endless type.",
    "content({ type: rope })",
    "TypeError",
  ),
  throwing("stored-key", "Stores under an endless key.", "store(rope, 1)", "RangeError"),
  throwing("import", "Imports an endless specifier.", "await import(rope)", "Error"),
  throwing(
    "search",
    "Searches tools for an endless query.",
    "await search_tools(rope)",
    "TypeError",
  ),
  handingOut("output", "Hands out an endless text.", "text(rope)"),
  handingOut("image", "Hands out an endless image.", "image(rope)"),
  handingOut(
    "block-data",
    "Hands out a block with endless data.",
    'image({ type: "image", data: rope })',
  ),
  handingOut("notification", "Notifies the host of an endless text.", "notify(rope)"),
  {
    name: "text-console-lines",
    what: "Writes a console line of two thousand long texts.",
    source: 'const s = "x".repeat(2 ** 20); console.log(...Array.from({ length: 2000 }, () => s));',
    options: { console: true },
    runtimeLimits: process,
    expect: pastOutput,
  },
  {
    name: "text-rejections",
    what: "Leaves a hundred rejections of large errors with many inner errors and lines.",
    source:
      'const e = () => new AggregateError(Array.from({ length: 10 }, () => new Error("\\n".repeat(60_000))), "a"); ' +
      "for (let i = 0; i < 100; i += 1) Promise.reject(e());",
    runtimeLimits: process,
    expect: { status: "completed" },
  },
]);
