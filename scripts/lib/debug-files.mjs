// What debuggers read of an addon, moved out of it.
import { rmSync } from "node:fs";
import { run } from "./command.mjs";
import { binutil } from "./toolchains.mjs";

/**
 * Moves what only debuggers read into a file of its own. The addon keeps what they find that file by.
 * @param {string} platform - "linux-x64-gnu"
 * @param {string} addon
 * @param {string} debug
 * @returns {boolean} Whether there is such a file; on Windows the linker has left a .pdb beside the addon.
 */
export function splitDebug(platform, addon, debug) {
  if (platform.startsWith("win32")) return false;
  if (platform.startsWith("darwin")) {
    rmSync(debug, { recursive: true, force: true });
    run("dsymutil", [addon, "--flat", "-o", debug]);
    run("strip", ["-x", addon]);
    return true;
  }
  const objcopy = binutil(platform, "objcopy");
  run(objcopy, ["--only-keep-debug", "--compress-debug-sections", addon, debug]);
  run(objcopy, ["--strip-unneeded", addon]);
  run(objcopy, [`--add-gnu-debuglink=${debug}`, addon]);
  return true;
}
