// Systems that have hardly anything: a root folder with Node, the libraries that it is linked with, and the program,
// as an image "distroless" is; and a read-only file system without a place for temporary files, as functions of cloud
// providers have. Needs root, for chroot and mount.
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { capture, ScriptFailure } from "../../../scripts/lib/command.mjs";
import { nodeOfMajor } from "../../../scripts/lib/node-cache.mjs";
import { esmProgram } from "../scratch.mjs";

/** @param {import("../scratch.mjs").Scratch} scratch @param {{ isSample: boolean }} options */
export function check(scratch, { isSample }) {
  if (process.getuid?.() !== 0) throw new ScriptFailure("chroot needs root: run this as root");
  const rootFolder = path.join(scratch.folder, "root");
  const node = isSample ? process.execPath : nodeOfMajor("24").path;
  for (const file of [node, ...librariesOf(node)]) {
    const target = path.join(rootFolder, file === node ? "node" : file);
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(file, target, { dereference: true });
  }
  const app = path.join(rootFolder, "app");
  cpSync(path.join(scratch.folder, "node_modules"), path.join(app, "node_modules"), {
    recursive: true,
  });
  scratch.write("root/app/program.mjs", esmProgram);
  const program = ["/node", "/app/program.mjs"];
  expectRan(scratch, ["chroot", rootFolder, ...program]);
  // Bound to itself, so that it can be read-only.
  const readOnly = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec chroot "$0" ${program.join(" ")}`;
  expectRan(scratch, ["unshare", "--mount", "sh", "-c", readOnly, rootFolder]);
}

/**
 * @param {import("../scratch.mjs").Scratch} scratch
 * @param {readonly [string, ...string[]]} command
 */
function expectRan(scratch, [command, ...args]) {
  scratch.expect(
    capture(command, args, { cwd: scratch.folder, env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } }),
    "42 43 none",
  );
}

/** @param {string} file */
function librariesOf(file) {
  const lines = capture("ldd", [file]).split("\n");
  return lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
