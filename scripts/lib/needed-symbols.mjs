// Which versions of the system's libraries a shared object needs, by the symbols that it imports.
import { capture } from "./command.mjs";

/**
 * The newest version of each library's symbols: `{ GLIBC: "2.34" }`. The file runs with these versions and
 * with later ones.
 * @param {string} file
 * @returns {Record<string, string>}
 */
export function newestSymbols(file) {
  const table = capture("objdump", ["-T", file]);
  /** @type {Map<string, string[]>} */
  const versions = new Map();
  for (const [, library = "", version = ""] of table.matchAll(/\b([A-Z]+)_(\d[\d.]*)\)/g)) {
    versions.set(library, [...(versions.get(library) ?? []), version]);
  }
  const libraries = [...versions].sort(([one], [other]) => one.localeCompare(other, "en"));
  return Object.fromEntries(libraries.map(([library, all]) => [library, newestVersion(all)]));
}

/** @param {readonly string[]} versions - "2.28", "2.4" */
export function newestVersion(versions) {
  const sorted = [...versions].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return sorted.at(-1) ?? "0";
}
