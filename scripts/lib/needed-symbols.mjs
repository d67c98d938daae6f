// Which versions of the system's libraries a shared object needs, by the symbols that it imports.
import { capture } from "./command.mjs";

/**
 * The newest version of each library's symbols: `{ GLIBC: "2.34" }`. The file runs with these versions and
 * with later ones.
 * @param {string} file
 * @returns {Record<string, string>}
 */
export function newestSymbols(file) {
  /** @type {Map<string, string[]>} */
  const versions = new Map();
  for (const { version } of importsOf(file)) {
    const [, library = "", number = ""] = /^([A-Z]+)_(\d[\d.]*)$/.exec(version) ?? [];
    if (library !== "") versions.set(library, [...(versions.get(library) ?? []), number]);
  }
  const libraries = [...versions].sort(([one], [other]) => one.localeCompare(other, "en"));
  return Object.fromEntries(libraries.map(([library, all]) => [library, newestVersion(all)]));
}

/** @param {readonly string[]} versions - "2.28", "2.4" */
export function newestVersion(versions) {
  return [...versions].sort(compareVersions).at(-1) ?? "0";
}

/**
 * "2.4" comes before "2.28".
 * @param {string} one
 * @param {string} other
 */
export function compareVersions(one, other) {
  return one.localeCompare(other, "en", { numeric: true });
}

/**
 * What an ELF file has to find elsewhere; `version` is "" where any will do.
 * @param {string} file
 * @returns {{ name: string, version: string }[]}
 */
export function importsOf(file) {
  return dynamicSymbols(file)
    .filter(({ isDefined }) => !isDefined)
    .map(({ name, version }) => ({ name, version }));
}

/**
 * The names that an ELF file offers to others.
 * @param {string} file
 */
export function exportsOf(file) {
  const defined = dynamicSymbols(file).filter(({ isDefined }) => isDefined);
  return new Set(defined.map(({ name }) => name));
}

/** @param {string} file */
function dynamicSymbols(file) {
  const table = capture("readelf", ["--dyn-syms", "--wide", file]);
  const line =
    /: [\da-f]+ +\w+ \w+ +(?:GLOBAL|WEAK|UNIQUE) +\w+ +(?:\[.*\] +)?(\w+) ([^\s@]+)(?:@@?(\S+))?/g;
  return [...table.matchAll(line)].map(([, index, name = "", version = ""]) => ({
    name,
    version,
    isDefined: index !== "UND",
  }));
}
