// ES modules that esbuild has split into chunks, as CommonJS: esbuild itself splits ES modules only.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transform } from "esbuild";
import { root } from "./command.mjs";

/**
 * Writes what esbuild has made as CommonJS, and a package.json that says that it is.
 *
 * @param {import("esbuild").BuildResult<{ write: false }>} result
 * @param {object} folders - Of dist/.
 * @param {string} folders.from - Where esbuild would have written it.
 * @param {string} folders.into - As deep as that, so that source maps hold.
 * @param {object} [options]
 * @param {boolean} [options.minifyWhitespace]
 * @param {(code: string, file: string) => string} [options.edit] - Gives each file of code another text, with as
 *   many lines.
 * @returns The files that were written.
 */
export async function writeAsCommonJs(
  result,
  { from, into },
  { minifyWhitespace = false, edit = (code) => code } = {},
) {
  const { outputFiles } = result;
  /** @type {string[]} */
  const written = [];
  const texts = new Map(outputFiles.map((file) => [path.relative(root, file.path), file.text]));
  for (const [file, text] of texts) {
    if (!file.endsWith(".js")) continue;
    const map = texts.get(`${file}.map`);
    const made = await transform(map === undefined ? text : withMap(text, map), {
      format: "cjs",
      platform: "node",
      target: "node20.11",
      sourcemap: map === undefined ? false : "external",
      minifyWhitespace,
      // As ES modules are.
      banner: '"use strict";',
      // The code asks whether there is a __filename first.
      logOverride: { "empty-import-meta": "silent" },
      logLevel: "warning",
    });
    const target = path.join(root, into, path.relative(from, file));
    mkdirSync(path.dirname(target), { recursive: true });
    // "#vendor" is of the package's own package.json, which is not the nearest there.
    const toVendor = path.relative(path.dirname(target), path.join(root, "dist", "vendor"));
    const code = edit(made.code.replaceAll('"#vendor/', `"${toVendor}/`), target);
    const note = map === undefined ? "" : `//# sourceMappingURL=${path.basename(target)}.map\n`;
    writeFileSync(target, code + note);
    written.push(target);
    if (map === undefined) continue;
    writeFileSync(`${target}.map`, made.map);
    written.push(`${target}.map`);
  }
  writeFileSync(path.join(root, into, "package.json"), '{ "type": "commonjs" }\n');
  return written;
}

/**
 * @param {string} code
 * @param {string} map
 */
function withMap(code, map) {
  const data = Buffer.from(map).toString("base64");
  const bare = code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
  return `${bare}//# sourceMappingURL=data:application/json;base64,${data}`;
}
