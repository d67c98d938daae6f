// Runs whole turns with the real Codex CLI, whose programs run on `codecell host`, against a scripted model.
//
//   node scripts/check-codex.mjs [--sample] [--only TEXT] [--codex FILE] [--reference]
//     --sample: the newest version alone, in the wire that it prefers
//     --only TEXT: the turns whose name has this text
//     --codex FILE: this executable of Codex, and none of those of test/codex
//     --reference: with Codex's own host, to see what that does
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { turns } from "../test/codex/turns.mjs";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { installPackages } from "./lib/own-packages.mjs";

const newest = path.join(root, "test", "codex");
const cli = path.join(root, "dist", "cli", "main.js");

/** @typedef {"grpc" | "framed"} Wire */

const { values: options } = parseArgs({
  options: {
    sample: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    codex: { type: "string" },
    reference: { type: "boolean", default: false },
  },
});

/** @type {readonly Wire[]} */
const wires = options.sample ? ["grpc"] : ["grpc", "framed"];

await main(async () => {
  const failures = [];
  for (const original of originals()) {
    const scratch = mkdtempSync(path.join(tmpdir(), "codecell-host-"));
    try {
      const codex = options.reference ? original : install(original, path.join(scratch, "codex"));
      for (const wire of wires) {
        for (const turn of turns.filter(({ name }) => name.includes(options.only))) {
          const what = `${versionOf(original)}, ${wire}: ${turn.name}`;
          const began = Date.now();
          try {
            await turn.run({ codex, wire });
            console.log(`ok    ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
          } catch (error) {
            failures.push(what);
            console.log(`FAIL  ${what}\n${/** @type {Error} */ (error).stack}`);
          }
        }
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  if (failures.length > 0) throw new ScriptFailure(`failed:\n  ${failures.join("\n  ")}`);
});

/** The executables of Codex to try. */
function originals() {
  if (options.codex !== undefined) return [path.resolve(options.codex)];
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log("the Codex CLI is installed for Linux on x64 only; name one with --codex");
    return [];
  }
  // Each takes some 400 MB, so a sample does not install the older one.
  const folders = options.sample ? [newest] : [path.join(newest, "older"), newest];
  return folders.map(installed);
}

/**
 * The executable of the Codex that a folder's package.json names.
 * @param {string} folder
 */
function installed(folder) {
  installPackages(folder);
  const packages = path.join(folder, "node_modules");
  const [found] = readdirSync(packages)
    .filter((name) => name.startsWith("codex-"))
    .map((name) => path.join(packages, name, "vendor/x86_64-unknown-linux-musl/bin/codex"))
    .filter((file) => existsSync(file));
  if (found === undefined) throw new ScriptFailure(`there is no Codex in ${packages}`);
  return found;
}

/**
 * @param {string} codex
 * @param {string} into
 */
function install(codex, into) {
  const args = [cli, "host", "--install", into, "--codex", codex, "--limit", "heapBytes=268435456"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new ScriptFailure(`codecell host --install has failed: ${stderr}`);
  return path.join(into, "bin", "codex");
}

/** @param {string} codex */
function versionOf(codex) {
  const manifest = path.join(codex, "../../codex-package.json");
  try {
    return `codex ${JSON.parse(readFileSync(manifest, "utf8")).version}`;
  } catch {
    return codex;
  }
}
