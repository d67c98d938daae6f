// Other Node majors, with their headers, as the registry's packages carry them: no download page,
// no version manager. Kept in node_modules/.cache, so that a second run needs no network.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { npmPack, root, run, ScriptFailure } from "./command.mjs";
import { describeNode } from "./native-build.mjs";

/** The majors codecell is built for and tested on, each with its ABI. */
export const abiOfMajor = Object.freeze({ 20: "115", 22: "127", 24: "137", 26: "147" });

export const supportedMajors = Object.freeze(Object.keys(abiOfMajor));

const cache = path.join(root, "node_modules", ".cache", "codecell");

/**
 * A Node of the given major: the running one where it fits, else one from the cache or the registry.
 * @param {string} major
 */
export function nodeOfMajor(major) {
  if (process.versions.node.split(".")[0] === major) return describeNode();
  return describeNode(fetchNode(major));
}

/**
 * Brings a Node distribution and returns the path of its binary.
 * @param {string} version - "24" is the newest one when it was brought, "24.0.0" that very one.
 * @param {string} [arch] - "arm64"; default: this machine's.
 */
export function fetchNode(version, arch = process.arch) {
  mkdirSync(cache, { recursive: true });
  const own = arch === process.arch;
  const folder = path.join(cache, own ? `node-${version}` : `node-${version}-${arch}`);
  if (existsSync(folder)) return binaryIn(folder);

  const unpacked = mkdtempSync(path.join(cache, "unpacking-"));
  try {
    const spec = `node-linux-${arch}@${version}`;
    const packed = npmPack([spec], unpacked);
    if (packed === undefined) throw new ScriptFailure(`the registry has no ${spec}`);
    const archive = path.join(unpacked, packed.filename);
    run("tar", [
      "-xzf",
      archive,
      "-C",
      unpacked,
      "--strip-components=1",
      "package/bin",
      "package/include",
    ]);
    rmSync(archive);
    renameSync(unpacked, folder);
    return binaryIn(folder);
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function binaryIn(folder) {
  const binary = path.join(folder, "bin", "node");
  if (!existsSync(binary)) throw new ScriptFailure(`${folder} holds no bin/node: remove it`);
  return binary;
}
