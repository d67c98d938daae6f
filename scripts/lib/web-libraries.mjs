// dist/web: the JavaScript of web/, which cells run when they first use what it makes. The native
// layer reads a file, compiles it as the body of a function of `module` and `native`, and takes
// `module.exports`.
import path from "node:path";
import { build } from "esbuild";
import { root } from "./command.mjs";

/**
 * The libraries, with options of their own. Where names are shortened, classes and functions that
 * cells see have theirs in other ways.
 * @type {Readonly<Record<string, import("esbuild").BuildOptions>>}
 */
const libraries = {
  web: {},
  url: {
    define: { SharedArrayBuffer: "NoSharedArrayBuffer" },
    inject: ["web/no-shared-array-buffer.ts"],
  },
  idna: { minifyIdentifiers: true },
  newer: { minifyIdentifiers: true, footer: { js: "module.exports=module.exports.made;" } },
};

/** What packages import, and what they are given for it: a file of web/, or nothing. */
const replacedImports = [
  // The tables of tr46 are a library of their own, which most URLs do not need.
  { imported: /^tr46$/, by: /whatwg-url/, gives: "url-domain.ts" },
  { imported: /^\.\/encoding$/, by: /whatwg-url/, gives: "url-encoding.ts" },
  // Its tables of all encodings.
  { imported: /^@exodus\/bytes\/whatwg\.js$/, by: /whatwg-url/, gives: "url-encoding.ts" },
  { imported: /^@exodus\/bytes\/encoding\.js$/, by: /whatwg-url/, gives: "nothing.ts" },
];

/** Files of core-js, which would change the globals, and what stands in their place. */
const replacedFiles = [
  {
    file: /core-js[/\\]internals[/\\]export\.js$/,
    contents: 'module.exports = require("./web/collected.ts").collect;',
  },
  { file: /core-js[/\\]internals[/\\]shared-store\.js$/, contents: "module.exports = {};" },
];

/**
 * @returns {Promise<{ files: string[], inputs: string[] }>} The files that were written, and those
 *   that went into them.
 */
export async function buildWebLibraries() {
  const built = await Promise.all(
    Object.entries(libraries).map(([name, options]) =>
      build({
        absWorkingDir: root,
        entryPoints: [`web/${name}.ts`],
        outdir: "dist/web",
        bundle: true,
        format: "cjs",
        platform: "neutral",
        // punycode/ and the packages around it are CommonJS.
        mainFields: ["main"],
        // The engine of the oldest Node.
        target: "node20.11",
        minifyWhitespace: true,
        minifySyntax: true,
        legalComments: "none",
        // One byte a character, in the package and in the memory of the process.
        charset: "ascii",
        plugins: [replacements],
        logLevel: "warning",
        ...options,
        metafile: true,
      }),
    ),
  );
  const outputs = built.flatMap(({ metafile }) => Object.entries(metafile.outputs));
  return {
    files: outputs.map(([file]) => path.join(root, file)),
    inputs: outputs.flatMap(([, { inputs }]) => Object.keys(inputs)),
  };
}

/** @type {import("esbuild").Plugin} */
const replacements = {
  name: "replacements",
  setup({ onResolve, onLoad }) {
    for (const { imported, by, gives } of replacedImports) {
      onResolve({ filter: imported }, ({ importer }) =>
        by.test(importer) ? { path: path.join(root, "web", gives) } : undefined,
      );
    }
    for (const { file, contents } of replacedFiles) {
      onLoad({ filter: file }, () => ({ contents, resolveDir: root }));
    }
  },
};
