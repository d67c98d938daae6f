// Packages of the registry that hold a program for one platform, unpacked and not installed: npm refuses to install
// one for another platform. Kept in node_modules/.cache, so that a second run needs no network.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { npmPack, root, run, ScriptFailure } from "./command.mjs";

const cache = path.join(root, "node_modules", ".cache", "codecell");

/**
 * Brings a package and returns the folder with its files.
 * @param {string} spec - "@oven/bun-linux-x64@1.4.5"
 * @param {readonly string[]} [parts] - The files and folders that are unpacked; default: all.
 */
export function fetchPackage(spec, parts = []) {
  const folder = path.join(cache, spec.replaceAll("/", "+"));
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(path.join(cache, "unpacking-"));
  try {
    const packed = npmPack([spec], scratch);
    if (packed === undefined) throw new ScriptFailure(`the registry has no ${spec}`);
    const archive = path.join(scratch, path.basename(packed.filename));
    const unpacked = path.join(scratch, "unpacked");
    mkdirSync(unpacked);
    const wanted = parts.map((part) => `package/${part}`);
    run("tar", ["-xzf", archive, "-C", unpacked, "--strip-components=1", ...wanted]);
    renameSync(unpacked, folder);
    return folder;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
