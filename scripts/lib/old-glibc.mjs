// Linking for systems with an older glibc than that of the machine that builds.
//
// glibc keeps each function under every version it ever had, and the linker takes the newest. So the addon
// is linked with libraries that have the old versions only: they are empty, and name what the machine's own
// glibc had at that version. What came later is then missing, and scripts/lib/addon-symbols.mjs finds it.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { capture, root, run, ScriptFailure } from "./command.mjs";
import { compareVersions } from "./needed-symbols.mjs";

/** The glibc that Node's own binaries need, from Node 20 to 26. */
export const oldestGlibc = "2.28";

/**
 * The folder that the linker is to search first, which is made once; undefined if the compiler is for
 * systems that have no glibc.
 * @param {object} options
 * @param {string} options.compiler - "aarch64-linux-gnu-g++"; it tells where its glibc is.
 * @param {string} [options.version]
 * @returns {string | undefined}
 */
export function oldGlibc({ compiler, version = oldestGlibc }) {
  const target = capture(compiler, ["-dumpmachine"]);
  if (!/linux.*-gnu$/.test(target)) return undefined;
  const libc = libraryOf(compiler, "libc.so.6");
  const folder = path.join(root, "build", `glibc-${version}-${target}`);
  const stamp = path.join(folder, "made-of.json");
  const wanted = JSON.stringify({ libc, text: readFileSync(libcScript(compiler), "utf8") });
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return folder;

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const loader = loaderOf(compiler);
  const [empty, emptyLoader, emptyMath] = [libc, loader, libraryOf(compiler, "libm.so.6")].map(
    (library) => makeEmptyLibrary(compiler, library, version, folder),
  );
  // What programs link of glibc besides: functions that are part of each program.
  const ownPart = libraryOf(compiler, "libc_nonshared.a");
  const group = `GROUP ( ${empty} ${ownPart} AS_NEEDED ( ${emptyLoader} ) )\n`;
  writeFileSync(path.join(folder, "libc.so"), group);
  writeFileSync(path.join(folder, "libm.so"), `INPUT ( ${emptyMath} )\n`);
  writeFileSync(stamp, wanted);
  return folder;
}

/**
 * @param {string} compiler
 * @param {string} name
 */
function libraryOf(compiler, name) {
  const found = capture(compiler, [`-print-file-name=${name}`]);
  if (!path.isAbsolute(found)) throw new ScriptFailure(`${compiler} has no ${name}`);
  return found;
}

/** @param {string} compiler */
function libcScript(compiler) {
  return libraryOf(compiler, "libc.so");
}

/** The dynamic loader, which the machine's own libc.so names. @param {string} compiler */
function loaderOf(compiler) {
  const script = readFileSync(libcScript(compiler), "utf8");
  const [, loader] = /AS_NEEDED \( (\S+) \)/.exec(script) ?? [];
  if (loader === undefined) throw new ScriptFailure(`${libcScript(compiler)} names no loader`);
  return libraryOf(compiler, path.basename(loader));
}

/**
 * A library with the names of another, at most of the given version, and nothing behind them.
 * @param {string} compiler
 * @param {string} library
 * @param {string} version
 * @param {string} folder
 */
function makeEmptyLibrary(compiler, library, version, folder) {
  const name = path.basename(library);
  const symbols = symbolsUpTo(library, version);
  const base = path.join(folder, name);
  writeFileSync(`${base}.s`, assemblyOf(symbols));
  writeFileSync(`${base}.map`, versionScriptOf(symbols));
  run(compiler, [
    ...["-shared", "-nostdlib", "-x", "assembler", `${base}.s`, "-o", base],
    ...[`-Wl,--version-script=${base}.map`, `-Wl,-soname=${name}`],
  ]);
  return base;
}

/**
 * @typedef {object} Symbol
 * @property {string} name
 * @property {string} version - "2.2.5"
 * @property {boolean} isFunction
 * @property {string} size
 */

/**
 * Each name with the newest version that is not past the given one.
 * @param {string} library
 * @param {string} limit
 * @returns {Symbol[]}
 */
function symbolsUpTo(library, limit) {
  const table = capture("readelf", ["--dyn-syms", "--wide", library]);
  const line =
    /: [\da-f]+ +(\d+) (FUNC|OBJECT|IFUNC) +(?:GLOBAL|WEAK) +\S+ +\d+ (\w+)@@?GLIBC_([\d.]+)$/gm;
  /** @type {Map<string, Symbol>} */
  const newest = new Map();
  for (const [, size = "0", kind, name = "", version = ""] of table.matchAll(line)) {
    if (compareVersions(version, limit) > 0) continue;
    const known = newest.get(name);
    if (known !== undefined && compareVersions(known.version, version) > 0) continue;
    newest.set(name, { name, version, size, isFunction: kind !== "OBJECT" });
  }
  if (newest.size === 0) throw new ScriptFailure(`${library} has nothing of glibc ${limit}`);
  return [...newest.values()];
}

/** @param {readonly Symbol[]} symbols */
function assemblyOf(symbols) {
  const lines = symbols.map(({ name, isFunction, size }) => {
    const kind = isFunction ? "%function" : "%object";
    const room = isFunction ? "1" : String(Math.max(1, Number(size)));
    return `.globl ${name}\n.type ${name}, ${kind}\n.size ${name}, ${room}\n${name}: .space ${room}\n`;
  });
  return `.data\n${lines.join("")}.section .note.GNU-stack,"",%progbits\n`;
}

/** @param {readonly Symbol[]} symbols */
function versionScriptOf(symbols) {
  const versions = [...new Set(symbols.map(({ version }) => version))].sort(compareVersions);
  const nodes = versions.map((version, i) => {
    const names = symbols.filter((symbol) => symbol.version === version);
    const before = i === 0 ? "" : ` GLIBC_${versions[i - 1]}`;
    return `GLIBC_${version} { global: ${names.map(({ name }) => `${name};`).join(" ")} }${before};\n`;
  });
  return nodes.join("");
}
