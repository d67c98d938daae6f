// Copying parts of the repository into a package's folder, and finding which files belong together.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./command.mjs";

/**
 * @param {string} into - The package's folder.
 * @param {readonly string[]} names - Files and folders of the repository.
 * @param {(file: string) => boolean} [isWanted]
 */
export function copyParts(into, names, isWanted = () => true) {
  for (const name of names) {
    const from = path.join(root, name);
    const filter = (/** @type {string} */ file) => !file.endsWith(".map") && isWanted(file);
    mkdirSync(path.dirname(path.join(into, name)), { recursive: true });
    cpSync(from, path.join(into, name), { recursive: true, filter });
  }
}

/**
 * JavaScript files and all that they import of the same build, however they import it.
 * @param {readonly string[]} files - From the root of the repository.
 * @returns {string[]}
 */
export function withImports(files) {
  const found = new Set(files.map((file) => path.normalize(file)));
  // A set that grows is walked to its end.
  for (const file of found) {
    const code = readFileSync(path.join(root, file), "utf8");
    for (const [, name = ""] of code.matchAll(
      /(?:from|import|require|import\()\s*\(?"(\.[^"]+\.c?js)"/g,
    )) {
      const imported = path.join(path.dirname(file), name);
      if (existsSync(path.join(root, imported))) found.add(imported);
    }
  }
  return [...found].sort();
}

/**
 * Changes the text of all JavaScript files in a folder.
 * @param {string} folder
 * @param {(code: string, name: string) => string} change - The name is from the folder.
 */
export function rewriteScripts(folder, change) {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/\.c?js$/.test(name)) continue;
    const file = path.join(folder, name);
    const code = readFileSync(file, "utf8");
    const changed = change(code, name).replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
    if (changed !== code) writeFileSync(file, changed);
  }
}

/**
 * @param {string} folder
 * @param {object} manifest
 */
export function writeManifest(folder, manifest) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
