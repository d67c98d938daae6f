// Modules that Node loads when one of their exports is first used, and not with the package: what most programs
// never need. Only dist/cjs has them as files of their own. Bundlers get them with the rest, and leave nothing to load.
import path from "node:path";
import { root, ScriptFailure } from "./command.mjs";

/** In src/. What uses them must not do so before it is itself loaded: no class may extend theirs. */
export const lazyModules = [
  "backend/process/choose-source.ts",
  "backend/process/process-backend.ts",
  "durable/kept-cell.ts",
  "journal/journaled-backend.ts",
  "journal/kept-journals.ts",
  "journal/replay.ts",
  "session/durable-cells.ts",
  "session/reverts.ts",
];

const mark = "#lazy/";

/**
 * Leaves them out of what imports them. They must be entry points of the same build.
 *
 * @returns {import("esbuild").Plugin}
 */
export function lazyModulesApart() {
  const files = new Map(lazyModules.map((file) => [path.join(root, "src", file), file]));
  return {
    name: "lazy-modules",
    setup({ onResolve }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ path: name, resolveDir, kind }) => {
        if (kind !== "import-statement") return undefined;
        const file = files.get(path.join(resolveDir, name.replace(/\.js$/, ".ts")));
        return file === undefined ? undefined : { path: mark + file, external: true };
      });
    },
  };
}

/**
 * @param {string} code - A file of CommonJS that esbuild has written.
 * @param {object} at
 * @param {string} at.file - Where it is going to be.
 * @param {string} at.folder - Where the built lazy modules are.
 * @param {(module: string) => readonly string[]} at.exportsOf - What a lazy module exports.
 * @returns {string} The same, with as many lines, which loads a lazy module when it reads one of its exports.
 */
export function loadLazily(code, { file, folder, exportsOf }) {
  const lazy = code.replace(
    /^var (\w+) = require\("#lazy\/([^"]+)"\);$/gm,
    (_line, variable, module) => {
      const built = path.join(folder, module.replace(/\.ts$/, ".js"));
      const from = path.relative(path.dirname(file), built);
      const specifier = JSON.stringify(from.startsWith(".") ? from : `./${from}`);
      const members = exportsOf(module).map(
        (name) => `get ${name}() { return require(${specifier}).${name}; }`,
      );
      return `var ${variable} = { ${members.join(", ")} };`;
    },
  );
  if (!lazy.includes(mark)) return lazy;
  throw new ScriptFailure(
    `${file} imports a lazy module in another way than by the names of its exports.`,
  );
}
