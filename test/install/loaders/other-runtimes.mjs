// Bun and Deno, which can load Node's addons and have no V8 of Node's: they are told so, by the library and by the
// commands, and Deno also where it lets the program do nothing.
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import path from "node:path";
import { ScriptFailure } from "../../../scripts/lib/command.mjs";
import { fetchPackage } from "../../../scripts/lib/fetch-package.mjs";

/** It brings both, which are large. */
export const isLong = true;

/** @type {Readonly<Record<string, { bun: string, deno: string } | undefined>>} */
const packages = {
  x64: { bun: "@oven/bun-linux-x64@1.4.5", deno: "@deno/linux-x64-glibc@2.9.6" },
  arm64: { bun: "@oven/bun-linux-aarch64@1.4.5", deno: "@deno/linux-arm64-glibc@2.9.6" },
};

const program = `
const told = support();
let thrown;
try { createCodeMode(); } catch (error) { thrown = error; }
console.log(told.error.code, told.error.message === thrown.message, told.error.message);`;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("p.mjs", `import { createCodeMode, support } from "codecell";${program}`);
  scratch.write("p.cjs", `const { createCodeMode, support } = require("codecell");${program}`);
  const own = packages[process.arch];
  if (own === undefined) throw new ScriptFailure(`no Bun and Deno are known for ${process.arch}`);
  const bun = [programOf(own.bun, "bin/bun")];
  const deno = [programOf(own.deno, "deno"), "run", "--no-prompt"];
  for (const [name, command] of /** @type {const} */ ([
    ["Bun", bun],
    ["Deno", deno],
    ["Deno", [...deno, "-A"]],
  ])) {
    const words = new RegExp(
      `^There is no native addon for ${name} \\d[\\w.]* on ${process.platform}-${process.arch}: .* V8 of Node.* ` +
        "Run the program with Node 20\\.11.*`node FILE`\\.$",
    );
    for (const file of ["p.mjs", "p.cjs"]) {
      const { status, shown } = runIn(scratch, command, file);
      const message = shown.replace(/^ERR_ADDON_MISSING true /, "");
      if (status !== 0 || message === shown || !words.test(message)) {
        throw new ScriptFailure(`${name} with ${file} said: ${shown}`);
      }
    }
  }
  const main = path.join("node_modules", "codecell", "dist", "bin", "main.js");
  for (const command of [bun, [...deno, "-A"]]) {
    for (const asked of ["doctor", "build"]) {
      const { status, shown } = runIn(scratch, command, main, asked);
      if (status === 1 && /There is no native addon for (Bun|Deno) /.test(shown)) continue;
      throw new ScriptFailure(`codecell ${asked} ended with ${status}: ${shown}`);
    }
  }
}

/**
 * @param {string} spec
 * @param {string} file
 */
function programOf(spec, file) {
  const program = path.join(fetchPackage(spec, [file]), file);
  chmodSync(program, 0o755);
  return program;
}

/**
 * @param {import("../scratch.mjs").Scratch} scratch
 * @param {readonly string[]} command
 * @param {readonly string[]} args
 */
function runIn({ folder }, [runtime = "", ...flags], ...args) {
  const child = spawnSync(runtime, [...flags, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  });
  if (child.error !== undefined) throw child.error;
  return { status: child.status, shown: `${child.stdout}${child.stderr}`.trim() };
}
