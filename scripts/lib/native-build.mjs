// Building the addon for one Node: finding its headers, configuring, compiling.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import path from "node:path";
import { capture, exists, root, run, ScriptFailure } from "./command.mjs";
import { toolchainOf } from "./toolchains.mjs";

/**
 * @typedef {object} NodeTarget
 * @property {string} path - The node binary.
 * @property {string} version - "20.11.0"
 * @property {string} modules - NODE_MODULE_VERSION: "115"
 */

/**
 * Asks a node binary what it is.
 * @param {string} [binary]
 * @returns {NodeTarget}
 */
export function describeNode(binary = process.execPath) {
  if (binary === process.execPath) {
    return { path: binary, version: process.versions.node, modules: process.versions.modules };
  }
  const answer = capture(binary, ["-p", "process.versions.node + ' ' + process.versions.modules"]);
  const [version = "", modules = ""] = answer.split(" ");
  return { path: binary, version, modules };
}

/**
 * Builds the addon and returns its path. Quick when nothing has changed.
 * @param {object} [options]
 * @param {NodeTarget} [options.node] - Default: the running one.
 * @param {string | undefined} [options.nodedir] - Where include/node is; default: found.
 * @param {boolean} [options.sanitize] - Build with ASan and UBSan, in a folder of its own.
 * @param {boolean} [options.fuzz] - Build the fuzzer in the addon's place, likewise. Needs clang.
 * @param {string} [options.platform] - "linux-arm64-gnu"; default: the one of this machine.
 * @param {number} [options.jobs] - Compilers at a time.
 * @param {boolean} [options.eachFile] - Compile each file by itself, in a folder of its own: the first build takes
 *   three times as long, and one after a small change less.
 * @returns {string}
 */
export function buildAddon({
  node = describeNode(),
  nodedir,
  sanitize = false,
  fuzz = false,
  platform,
  jobs = Math.max(2, availableParallelism()),
  eachFile = false,
} = {}) {
  requireTools();
  const kind = { sanitize: sanitize || fuzz, fuzz, platform, eachFile };
  const settings = settingsFor(node, nodedir, kind);
  const folder = buildFolder(node, settings);
  configureOnce(folder, settings, node);
  run("cmake", ["--build", folder, "--parallel", String(jobs)], {
    quiet: false,
    env: quietNinja(),
  });
  const addon = path.join(folder, "Release", "codecell.node");
  if (!existsSync(addon)) throw new ScriptFailure(`the build ended well and made no ${addon}`);
  return addon;
}

/**
 * Configures the build without compiling; enough for compile_commands.json.
 * @returns {string} The build's folder.
 */
export function configureAddon() {
  requireTools();
  const node = describeNode();
  const settings = settingsFor(node, undefined, {
    sanitize: false,
    fuzz: false,
    platform: undefined,
    // Each is listed only then.
    eachFile: true,
  });
  const folder = buildFolder(node, settings);
  configureOnce(folder, settings, node);
  return folder;
}

/**
 * @param {NodeTarget} node
 * @param {{ sanitize: boolean, fuzz: boolean, platform: string | null, quick: boolean }} kind
 */
function buildFolder(node, { sanitize, fuzz, platform, quick }) {
  const suffix = `${sanitize ? "-asan" : ""}${quick ? "" : "-each-file"}`;
  const name = `abi${node.modules}${fuzz ? "-fuzz" : suffix}`;
  return path.join(root, "build", platform === null ? name : `${platform}-${name}`);
}

/** @returns {NodeJS.ProcessEnv} */
function quietNinja() {
  return { NINJA_STATUS: "[%f/%t] ", ...process.env };
}

function requireTools() {
  if (!exists("cmake")) {
    throw new ScriptFailure(
      "cmake is missing, which builds codecell's native part. Install it with a compiler:\n" +
        "  Debian, Ubuntu:  apt-get install cmake ninja-build g++\n" +
        "  Fedora:          dnf install cmake ninja-build gcc-c++",
    );
  }
  const compiler = process.env.CXX;
  const found = compiler === undefined ? ["c++", "g++", "clang++"].some(exists) : exists(compiler);
  if (!found) {
    throw new ScriptFailure(
      `${compiler ?? "A C++ compiler"} is missing: codecell's native part needs g++ 12 or clang 16, or newer.\n` +
        "  Debian, Ubuntu:  apt-get install g++\n" +
        "  Fedora:          dnf install gcc-c++",
    );
  }
}

/**
 * What a build folder depends on besides the sources: another value makes it anew.
 * @param {NodeTarget} node
 * @param {string | undefined} nodedir
 * @param {{ sanitize: boolean, fuzz: boolean, platform: string | undefined, eachFile: boolean }} kind
 */
function settingsFor(node, nodedir, { sanitize, fuzz, platform, eachFile }) {
  return {
    root,
    platform: platform ?? null,
    quick: !eachFile,
    toolchain: toolchainOf(platform, { sanitize }),
    node: node.version,
    modules: node.modules,
    nodedir: findHeaders(node, nodedir) ?? null,
    sanitize,
    fuzz,
    compiler: process.env.CXX ?? null,
    flags: process.env.CXXFLAGS ?? null,
  };
}

/**
 * @param {string} folder
 * @param {ReturnType<typeof settingsFor>} settings
 * @param {NodeTarget} node
 */
function configureOnce(folder, settings, node) {
  const stamp = path.join(folder, "settings.json");
  const wanted = `${JSON.stringify(settings, null, 2)}\n`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // `cmake-js compile` would build everything a second time after each compile error, so cmake-js
  // only configures.
  const cmakeJs = createRequire(import.meta.url).resolve("cmake-js/bin/cmake-js");
  const args = ["configure", "--out", folder, "--runtime", "node", "--runtime-version"];
  args.push(node.version, `--CDCODECELL_SANITIZE=${settings.sanitize ? "ON" : "OFF"}`);
  args.push(`--CDCODECELL_FUZZ=${settings.fuzz ? "ON" : "OFF"}`);
  args.push(`--CDCODECELL_QUICK=${settings.quick ? "ON" : "OFF"}`);
  args.push(...Object.entries(settings.toolchain).map(([name, value]) => `--CD${name}=${value}`));
  run(process.execPath, [cmakeJs, ...args], { quiet: true, env: headersEnv(settings.nodedir) });
  writeFileSync(stamp, wanted);
}

/**
 * cmake-js takes the headers' folder only from here; without one it downloads them.
 * @param {string | null} nodedir
 * @returns {NodeJS.ProcessEnv}
 */
function headersEnv(nodedir) {
  const { npm_config_nodedir: _, ...env } = process.env;
  return nodedir === null ? env : { ...env, npm_config_nodedir: nodedir };
}

/**
 * The folder whose include/node holds the headers of the given Node, if one is on this machine.
 * @param {NodeTarget} node
 * @param {string | undefined} asked
 */
export function findHeaders(node, asked) {
  if (asked !== undefined) {
    const modules = headersModules(asked);
    if (modules !== node.modules) {
      throw new ScriptFailure(
        `--nodedir ${asked} holds headers for ABI ${modules ?? "(none)"}, ` +
          `but Node ${node.version} has ABI ${node.modules}`,
      );
    }
    return path.resolve(asked);
  }
  const beside = path.resolve(path.dirname(node.path), "..");
  const configured = process.env.npm_config_nodedir;
  const candidates = configured === undefined ? [beside] : [configured, beside];
  return candidates.find((folder) => headersModules(folder) === node.modules);
}

/**
 * @param {string} folder
 * @returns {string | undefined}
 */
function headersModules(folder) {
  const header = path.join(folder, "include", "node", "node_version.h");
  if (!existsSync(header)) return undefined;
  return /#define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(header, "utf8"))?.[1];
}
