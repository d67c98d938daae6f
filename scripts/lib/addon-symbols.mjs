// What the addons in prebuilds/ need of a system: nothing newer than what Node itself needs.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { root, ScriptFailure } from "./command.mjs";
import { muslLibrary } from "./musl-compiler.mjs";
import { compareVersions, exportsOf, importsOf, newestSymbols } from "./needed-symbols.mjs";
import { abiOfMajor, fetchNode } from "./node-cache.mjs";
import { oldestGlibc } from "./old-glibc.mjs";

/**
 * The newest versions that every system has on which Node's own binaries run. libstdc++ is not in it: the
 * addon brings its own. GCC 4.2.0 is of 2007.
 */
const allowed = { GLIBC: oldestGlibc, GCC: "4.2.0" };

/** Functions of tools that watch a program. They are asked for by name, and no system has to have them. */
const optional = /^(__gmon_start__|_ITM_(de)?registerTMCloneTable|__cxa_finalize)$/;

const platforms = ["linux-x64-gnu", "linux-arm64-gnu", "linux-x64-musl", "linux-arm64-musl"];

/**
 * Prints what each addon needs.
 * @throws {ScriptFailure} Naming what an addon needs that a system may not have.
 */
export function checkSymbols() {
  const folders = platforms.filter((name) => existsSync(path.join(root, "prebuilds", name)));
  if (folders.length === 0) {
    throw new ScriptFailure("there is no prebuilds/: run `npm run build:prebuilds` first");
  }
  const problems = folders.flatMap((platform) => {
    const folder = path.join(root, "prebuilds", platform);
    const addons = readdirSync(folder).filter((name) => name.endsWith(".node"));
    if (addons.length === 0) return [`${folder} has no addon`];
    return addons.flatMap((name) => problemsOf(platform, path.join(folder, name)));
  });
  if (problems.length > 0) throw new ScriptFailure(problems.join("\n"));
}

/**
 * @param {string} platform
 * @param {string} addon
 */
function problemsOf(platform, addon) {
  const shown = path.relative(root, addon);
  const needed = newestSymbols(addon);
  const node = nodeFor(platform, addon);
  const tooNew = Object.entries(needed).flatMap(([library, version]) => {
    const most = Object.entries(allowed).find(([name]) => name === library)?.[1];
    if (most !== undefined && compareVersions(version, most) <= 0) return [];
    return [`${shown} needs ${library}_${version}; expected at most ${most ?? "nothing of it"}`];
  });
  // The linker leaves what it does not find to the system's loader, which finds it in Node or fails.
  const musl = platform.endsWith("musl") ? muslLibrary(platform) : undefined;
  // The names of a Node for musl are those of one for glibc, as long as both have libstdc++.
  const offered = new Set([...exportsOf(node), ...(musl === undefined ? [] : exportsOf(musl))]);
  const libc = musl === undefined ? `glibc ${oldestGlibc}` : "musl";
  const missing = importsOf(addon)
    .filter(({ name, version }) => version === "" && !offered.has(name) && !optional.test(name))
    .map(({ name }) => `${shown} needs ${name}, which neither Node nor ${libc} has`);
  const ofNode = musl === undefined ? `; Node: ${JSON.stringify(newestSymbols(node))}` : "";
  console.log(`${shown}: ${JSON.stringify(needed)}${ofNode}`);
  return [...tooNew, ...missing];
}

/**
 * The Node that an addon is for, with that platform's processor.
 * @param {string} platform
 * @param {string} addon
 */
function nodeFor(platform, addon) {
  const [, arch = ""] = platform.split("-");
  const [, abi = ""] = /abi(\d+)/.exec(addon) ?? [];
  const [major] = Object.entries(abiOfMajor).find(([, one]) => one === abi) ?? [];
  if (major === undefined) throw new ScriptFailure(`${addon} is for no supported Node`);
  return fetchNode(major, arch);
}
