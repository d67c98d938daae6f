// The declarations of dist/: those of the doors are CommonJS in dist/cjs, as what runs is, and the ES modules
// beside them name the same types. So a type is one, however a program asks for it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Packages without declarations for CommonJS; types may be taken from them all the same. */
const esmOnly = ["ai", "@modelcontextprotocol/server"];

/**
 * @param {string} dist - With the declarations as tsc has written them.
 * @param {object} files - In src/.
 * @param {readonly string[]} files.doors
 * @param {readonly string[]} files.inner - What our own tests import besides.
 * @returns {Set<string>} The declarations to keep.
 */
export function writeDeclarations(dist, { doors, inner }) {
  const kept = reachable(dist, inner);
  for (const file of reachable(dist, doors)) {
    const copy = path.join(dist, "cjs", path.relative(dist, file));
    mkdirSync(path.dirname(copy), { recursive: true });
    writeFileSync(copy, asCommonJs(readFileSync(file, "utf8")));
    kept.add(copy);
  }
  for (const door of doors) {
    const file = path.join(dist, declarationOf(door));
    writeFileSync(file, `export * from "./cjs/${door.replace(/\.ts$/, ".js")}";\n`);
    kept.add(file);
  }
  return kept;
}

/** @param {string} text */
function asCommonJs(text) {
  // A program may be compiled with the library of an ECMAScript that has no disposables, and without Node's types.
  const disposables = /\bAsyncDisposable\b|\bSymbol\.(asyncDispose|dispose)\b/.test(text)
    ? '/// <reference lib="esnext.disposable" />\n'
    : "";
  return (
    disposables +
    text.replace(
      /^(import|export) (type )?(\{[^}]*\}) from "([^."][^"]*)";$/gm,
      (line, verb, _type, names, name) =>
        esmOnly.includes(name)
          ? `${verb} type ${names.replace(/\btype /g, "")} from "${name}" with { "resolution-mode": "import" };`
          : line,
    )
  );
}

/**
 * @param {string} dist
 * @param {readonly string[]} entryPoints
 */
function reachable(dist, entryPoints) {
  const found = new Set(entryPoints.map((file) => path.join(dist, declarationOf(file))));
  // A set that grows is walked to its end.
  for (const file of found) {
    const text = readFileSync(file, "utf8");
    for (const [, name = ""] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g)) {
      const imported = path.join(path.dirname(file), `${name}.d.ts`);
      if (imported.startsWith(dist + path.sep)) found.add(imported);
    }
  }
  return found;
}

/** @param {string} file */
function declarationOf(file) {
  return file.replace(/\.ts$/, ".d.ts");
}
