// Running Node on another system than this machine's: another processor, or older libraries.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { capture, exists, root, run, ScriptFailure } from "./command.mjs";
import { fetchNode } from "./node-cache.mjs";

/**
 * @typedef {object} OtherSystem
 * @property {string} about - "glibc 2.31"
 * @property {readonly string[]} command - What is put before a program of Node and its arguments; at its end, a Node.
 */

/**
 * A Node for arm64 under qemu.
 * @param {string} major
 * @returns {OtherSystem}
 */
export function arm64(major) {
  const libraries = "/usr/aarch64-linux-gnu";
  if (!exists("qemu-aarch64") || !existsSync(path.join(libraries, "lib", "libstdc++.so.6"))) {
    throw new ScriptFailure(
      "qemu-aarch64, or the libraries that it runs programs with, are missing.\n" +
        "  Debian, Ubuntu:  apt-get install qemu-user g++-aarch64-linux-gnu",
    );
  }
  const emulator = capture("sh", ["-c", "command -v qemu-aarch64"]);
  return {
    about: `arm64, emulated, Node ${major}`,
    command: [emulator, "-L", libraries, fetchNode(major, "arm64")],
  };
}

/**
 * This machine's Node with the libraries of Debian 11, whose glibc is 2.31. They are brought by apt, which
 * keeps its lists for that in a folder of ours.
 * @returns {OtherSystem}
 */
export function oldLibraries() {
  const folder = path.join(root, "node_modules", ".cache", "codecell", "debian-11");
  if (!existsSync(folder)) bringDebian11(folder);
  const [triple = ""] = readdirSync(path.join(folder, "lib")).filter((name) => /-gnu$/.test(name));
  const libraries = ["lib", "usr/lib"].map((name) => path.join(folder, name, triple));
  const [own = ""] = libraries;
  return {
    about: "glibc 2.31, libstdc++ 3.4.28",
    command: [
      path.join(own, "ld-2.31.so"),
      "--library-path",
      libraries.join(":"),
      process.execPath,
    ],
  };
}

/** @param {string} folder */
function bringDebian11(folder) {
  const scratch = mkdtempSync(path.join(tmpdir(), "codecell-apt-"));
  try {
    const packages = ["libc6", "libstdc++6", "libgcc-s1", "libatomic1"];
    const list = path.join(scratch, "sources.list");
    mkdirSync(path.join(scratch, "lists", "partial"), { recursive: true });
    mkdirSync(path.join(scratch, "cache", "archives", "partial"), { recursive: true });
    const key = "/usr/share/keyrings/debian-archive-keyring.gpg";
    writeFileSync(list, `deb [signed-by=${key}] http://deb.debian.org/debian bullseye main\n`);
    const options = Object.entries({
      "Dir::Etc::sourcelist": list,
      "Dir::Etc::sourceparts": "-",
      "Dir::State::lists": path.join(scratch, "lists"),
      "Dir::Cache": path.join(scratch, "cache"),
    }).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    capture("apt-get", [...options, "-qq", "update"]);
    const specs = packages.map((name) => `${name}/bullseye`);
    capture("apt-get", [...options, "-qq", "download", ...specs], { cwd: scratch });
    const unpacked = path.join(scratch, "unpacked");
    for (const file of readdirSync(scratch).filter((name) => name.endsWith(".deb"))) {
      run("dpkg-deb", ["-x", path.join(scratch, file), unpacked]);
    }
    mkdirSync(path.dirname(folder), { recursive: true });
    run("cp", ["-a", unpacked, folder]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Runs a program on the other system. The Nodes that it starts run there too.
 * @param {OtherSystem} system
 * @param {readonly string[]} args - The program of Node, and its arguments.
 * @param {NodeJS.ProcessEnv} env
 */
export function runOn({ command }, args, env) {
  const scratch = mkdtempSync(path.join(tmpdir(), "codecell-node-"));
  try {
    const node = path.join(scratch, "node");
    const words = command.map((word) => `'${word}'`).join(" ");
    writeFileSync(node, `#!/bin/sh\nexec ${words} "$@"\n`);
    chmodSync(node, 0o755);
    // Where a program is run by another, process.execPath names that.
    const setPath = path.join(scratch, "exec-path.cjs");
    writeFileSync(setPath, `process.execPath = ${JSON.stringify(node)};\n`);
    run(node, args, { env: { ...env, NODE_OPTIONS: `--require ${setPath}` } });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Runs a program on the other system and returns what it printed. The program starts no Node.
 * @param {OtherSystem} system
 * @param {readonly string[]} args - The program of Node, and its arguments.
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
export function captureOn({ command }, args, { cwd, env }) {
  const scratch = mkdtempSync(path.join(tmpdir(), "codecell-node-"));
  try {
    const setPath = path.join(scratch, "exec-path.cjs");
    writeFileSync(setPath, `process.execPath = ${JSON.stringify(command.at(-1))};\n`);
    const [program = "", ...before] = command;
    const inner = { ...env, NODE_OPTIONS: `--require ${setPath}` };
    return capture(program, [...before, ...args], { cwd, env: inner });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
