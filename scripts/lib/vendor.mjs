// Packages that dist/ carries in itself, so that installing codecell brings hardly any others: each
// becomes one small file in dist/vendor, with what it needs in turn, next to their licences.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { root, ScriptFailure } from "./command.mjs";
import { writeAsCommonJs } from "./common-js.mjs";

/** The MCP SDK's server; who calls createMcpServer has it, and both must use one copy. */
const peer = "@modelcontextprotocol/server";

/** What our code imports, and the files that are imported in its place. */
const modules = {
  "@modelcontextprotocol/client": "mcp-client",
  "@modelcontextprotocol/client/stdio": "mcp-client-stdio",
  "@modelcontextprotocol/node": "mcp-node",
  [peer]: "mcp-server",
  "@modelcontextprotocol/server/stdio": "mcp-server-stdio",
  acorn: "acorn",
  commander: "commander",
  jose: "jose",
};

/** What our code loads with `vendored(name)`, at once and when it is first used. */
const commonJs = {
  ajv: `
    exports.Ajv = require("ajv").Ajv;
    exports.Ajv2020 = require("ajv/dist/2020.js").Ajv2020;
    exports.addFormats = require("ajv-formats").default;`,
  grpc: `
    exports.grpc = require("@grpc/grpc-js");
    exports.protoLoader = require("@grpc/proto-loader");`,
  minisearch: `exports.MiniSearch = require("minisearch");`,
};

/** Which packages went into which file of dist/vendor. */
const inputsFile = path.join(root, "dist", "vendor", "inputs.json");

const vendorFolder = { from: "dist/vendor", into: "dist/vendor" };

/** @satisfies {import("esbuild").BuildOptions} */
const common = /** @type {const} */ ({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // Stack traces keep their names.
  keepNames: true,
  // They are in the notices.
  legalComments: "none",
  platform: "node",
  target: "node20.11",
  outdir: "dist/vendor",
  metafile: true,
  logLevel: "warning",
});

/**
 * Builds dist/vendor.
 * @returns {Promise<{ files: string[], inputs: string[] }>} The JavaScript files that were written,
 *   and those that went into them.
 */
export async function buildVendored() {
  const entries = Object.entries(modules).map(([name, file]) => [file, name]);
  const results = await Promise.all([
    build({
      ...common,
      entryPoints: Object.fromEntries(entries),
      chunkNames: "shared-[hash]",
      splitting: true,
      format: "esm",
      write: false,
    }).then(async (result) => {
      await writeAsCommonJs(result, vendorFolder, { minifyWhitespace: true });
      return result;
    }),
    ...Object.entries(commonJs).map(([name, contents]) =>
      build({
        ...common,
        stdin: { contents, resolveDir: root },
        outExtension: { ".js": ".cjs" },
        entryNames: name,
        format: "cjs",
      }),
    ),
  ]);
  const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));
  noteInputs(
    Object.fromEntries(
      outputs.map(([file, { inputs }]) => [path.basename(file), Object.keys(inputs)]),
    ),
  );
  return {
    files: outputs.map(([file]) => path.join(root, file)),
    inputs: outputs.flatMap(([, { inputs }]) => Object.keys(inputs)),
  };
}

/**
 * Has esbuild import the built files instead of the packages.
 * @param {object} options
 * @param {boolean} options.withPeers - Also those that users install themselves.
 * @returns {import("esbuild").Plugin}
 */
export function vendoredModules({ withPeers }) {
  return {
    name: "vendored modules",
    setup({ onResolve }) {
      onResolve({ filter: /^[^./#]/ }, ({ path: name, kind }) => {
        if (kind === "entry-point" || !Object.hasOwn(modules, name)) return undefined;
        if (!withPeers && name.startsWith(peer)) return undefined;
        // package.json's "imports" says where that is, from whichever folder it is imported.
        return { path: `#vendor/${modules[name]}.js`, external: true };
      });
    },
  };
}

/**
 * Notes which packages went into which built files, for the notices of the packages that carry them.
 * @param {Readonly<Record<string, readonly string[]>>} inputs - By the name of the built file.
 */
export function noteInputs(inputs) {
  const before = existsSync(inputsFile) ? JSON.parse(readFileSync(inputsFile, "utf8")) : {};
  const folders = Object.entries(inputs).map(([file, names]) => [file, foldersOf(names)]);
  mkdirSync(path.dirname(inputsFile), { recursive: true });
  writeFileSync(inputsFile, JSON.stringify({ ...before, ...Object.fromEntries(folders) }, null, 2));
}

/**
 * The licences of the packages whose code is in built files.
 * @param {readonly string[]} files - Names in dist/vendor, or "dist/web", "dist/page".
 */
export function noticesOf(files) {
  const noted = JSON.parse(readFileSync(inputsFile, "utf8"));
  const folders = files.flatMap((file) => noted[file] ?? []);
  const notices = [...new Set(folders)].sort().map(notice);
  const text = ["This package holds code of these packages, bundled and minified.", ...notices];
  return `${text.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/**
 * Writes the licences of all packages that dist/ carries.
 * @param {{ vendored: readonly string[], web: readonly string[], page: readonly string[] }} inputs - Files that went into the built ones.
 */
export function writeNotices({ vendored, web, page }) {
  noteInputs({ "dist/web": web, "dist/page": page, all: [...vendored, ...web, ...page] });
  writeFileSync(path.join(root, "dist", "vendor", "THIRD-PARTY-NOTICES.txt"), noticesOf(["all"]));
}

/** @param {readonly string[]} inputs */
function foldersOf(inputs) {
  return [...new Set(inputs.flatMap((file) => packageFolder(file) ?? []))].sort();
}

/** @param {string} file */
function packageFolder(file) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/** @param {string} folder */
function notice(folder) {
  const absolute = path.join(root, folder);
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(absolute, "package.json"), "utf8"),
  );
  const file = readdirSync(absolute).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined || !existsSync(path.join(absolute, file))) {
    throw new ScriptFailure(`${folder} has no licence file, so it must not be bundled`);
  }
  const text = readFileSync(path.join(absolute, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}`;
}
