import { machineLine } from "./machine.mjs";
import { formatTable } from "./table.mjs";

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {(row: any) => string} text - What a row has to say in this column.
 */

/**
 * Prints what a benchmark asks, with what settings, and on what machine; then what it has found. With
 * `json` it prints nothing but one object, at the end.
 * @param {object} benchmark
 * @param {string} benchmark.name
 * @param {string} benchmark.question
 * @param {Readonly<Record<string, unknown>>} benchmark.settings - What else the numbers depend on.
 * @param {boolean} benchmark.json
 */
export function openReport({ name, question, settings, json }) {
  if (!json) {
    const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    console.log(`${name}: ${question}`);
    if (words.length > 0) console.log(words.join(", "));
    console.log(machineLine());
  }
  return {
    /**
     * @param {readonly object[]} rows - Plain data.
     * @param {readonly Column[]} columns
     * @param {readonly string[]} [notes] - What the numbers mean.
     */
    close(rows, columns, notes = []) {
      if (json) {
        const result = { name, question, machine: machineLine(), settings, rows, notes };
        console.log(JSON.stringify(result, null, 2));
        return;
      }
      const texts = rows.map((row) => columns.map(({ text }) => text(row)));
      const names = columns.map((column) => column.name);
      console.log(formatTable(names, texts));
      for (const note of notes) console.log(note);
    },
  };
}
