// A Node for systems with musl, and the libraries that it runs with. Nobody packs one for npm; but the executable of
// pnpm for such systems is one, with a program put into it.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { capture, root, run, ScriptFailure } from "./command.mjs";
import { fetchPackage } from "./fetch-package.mjs";
import { muslCompiler, muslLibrary } from "./musl-compiler.mjs";

const spec = "@pnpm/linuxstatic-x64@11.21.0";

/** By this mark Node knows at its start that a program was put into it. The last digit says whether one was. */
const mark = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:";

/**
 * A Node for musl on this processor.
 * @returns {import("./emulated.mjs").OtherSystem & { major: string }}
 */
export function muslNode() {
  const libraries = runLibraries("x86_64");
  const command = [muslLibrary("linux-x64-musl"), "--library-path", libraries, emptied()];
  const [loader = "", ...args] = command;
  const version = capture(loader, [...args, "--version"]);
  const [, major = ""] = /^v(\d+)\./.exec(version) ?? [];
  return { about: `musl, Node ${version}`, command, major };
}

/** The executable without what was put into it: then it is Node. */
function emptied() {
  const packed = path.join(fetchPackage(spec, ["pnpm"]), "pnpm");
  const node = path.join(path.dirname(packed), "node");
  if (existsSync(node)) return node;
  const bytes = readFileSync(packed);
  const at = bytes.indexOf(`${mark}1`);
  if (at < 0) throw new ScriptFailure(`${spec} is not an executable that was made of Node`);
  bytes.write("0", at + mark.length);
  writeFileSync(node, bytes);
  chmodSync(node, 0o755);
  return node;
}

/**
 * What Alpine has of GCC: libstdc++, of the one that the compiler for musl has, and this machine's libgcc.
 * @param {string} processor
 * @returns {string} The folder, which is made once.
 */
function runLibraries(processor) {
  const folder = path.join(root, "build", `musl-run-${processor}`);
  if (existsSync(folder)) return folder;
  const compiler = muslCompiler(processor);
  const making = `${folder}-making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const libgcc = capture(compiler, ["-print-file-name=libgcc_s.so.1"]);
  copyFileSync(libgcc, path.join(making, "libgcc_s.so.1"));
  const args = [
    ...["-shared", "-fPIC", "-nodefaultlibs", "-Wl,-soname,libstdc++.so.6"],
    ...["-x", "c", path.join(root, "scripts", "lib", "musl-node-libraries.c"), "-x", "none"],
    ...["-Wl,--whole-archive", "-l:libstdc++.a", "-Wl,--no-whole-archive"],
    ...["-lc", "-lgcc", "-l:libgcc_s.so.1", "-Wl,--allow-shlib-undefined"],
    ...["-o", path.join(making, "libstdc++.so.6")],
  ];
  run(compiler, args, { quiet: true });
  renameSync(making, folder);
  return folder;
}
