// What `npm install codecell` is worth where there is nothing but Node and npm: no compiler on PATH, install scripts
// off, a folder of its own, a registry on this machine with what was packed here. The program of the README runs on
// each supported Node, and with --on also on systems that this machine is not. At the end it says what was not tried.
//
//   node scripts/check-clean-install.mjs [--on old-libraries,arm64,musl] [VERSION...]
//     needs dist/ and prebuilds/: `npm run build:prebuilds` first; --on builds what is missing for that system
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { capture, main, root, ScriptFailure } from "./lib/command.mjs";
import { arm64, captureOn, oldLibraries } from "./lib/emulated.mjs";
import { startRegistry } from "./lib/local-registry.mjs";
import { muslNode } from "./lib/musl-node.mjs";
import { nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";
import { packAll } from "./lib/packages.mjs";
import { ownPlatform, platforms } from "./lib/platforms.mjs";
import { buildMissing, builtMajors } from "./lib/prebuilt.mjs";

/** Programs that must not be found: with one of them an install could compile. */
const compilers = [
  "cc",
  "c++",
  "gcc",
  "g++",
  "clang",
  "clang++",
  "make",
  "cmake",
  "ninja",
  "python3",
  "node-gyp",
];

/**
 * @typedef {object} System
 * @property {string} about
 * @property {string} platform - "linux-x64-gnu"
 * @property {string} major - Of Node.
 * @property {(args: readonly string[], options: { cwd: string, env: NodeJS.ProcessEnv }) => string} capture - Runs
 *   Node there, and returns what it printed.
 */

const { values, positionals } = parseArgs({
  options: { on: { type: "string", default: "" } },
  allowPositionals: true,
});

const [ownMajor = ""] = process.versions.node.split(".");

/** @type {Readonly<Record<string, () => System[]>>} */
const others = {
  "old-libraries": () => [otherSystem(oldLibraries(), ownPlatform(), ownMajor)],
  // One Node, or all if their addons are there: to compile one takes minutes.
  arm64: () => {
    const platform = "linux-arm64-gnu";
    if (builtMajors(platform).length === 0) buildMissing(platform, ["24"]);
    return builtMajors(platform).map((major) => otherSystem(arm64(major), platform, major));
  },
  musl: () => {
    const node = muslNode();
    buildMissing("linux-x64-musl", [node.major]);
    return [otherSystem(node, "linux-x64-musl", node.major)];
  },
};

await main(async () => {
  const versions = positionals.length > 0 ? positionals : supportedMajors;
  const asked = values.on.split(",").filter((name) => name !== "");
  const unknown = asked.filter((name) => others[name] === undefined);
  if (unknown.length > 0) {
    const known = Object.keys(others).join(", ");
    throw new ScriptFailure(`--on: expected some of ${known}; got ${unknown.join(", ")}`);
  }
  const failed = [];
  const systems = [];
  // Before the packing: it may build addons.
  for (const name of [...versions, ...asked]) {
    try {
      systems.push(...(others[name]?.() ?? [ownSystem(name)]));
    } catch (error) {
      failed.push(name);
      printFailure(name, error);
    }
  }
  const scratch = mkdtempSync(path.join(tmpdir(), "codecell-clean-"));
  const tarballs = path.join(scratch, "tarballs");
  packAll(tarballs);
  const registry = await startRegistry(tarballs);
  try {
    for (const [i, system] of systems.entries()) {
      const name = `${system.about}, ${system.platform}`;
      try {
        trySystem(path.join(scratch, String(i)), system, registry.url);
        console.log(`ok      ${name}: the README's program`);
      } catch (error) {
        failed.push(name);
        printFailure(name, error);
      }
    }
  } finally {
    await registry.close();
    rmSync(scratch, { recursive: true, force: true });
  }
  for (const { name } of platforms) printUntried(name, systems);
  if (failed.length > 0) throw new ScriptFailure(`an install is no use on: ${failed.join("; ")}`);
});

/**
 * The Nodes that were not tried on a platform, and whether there are addons for them.
 * @param {string} platform
 * @param {readonly System[]} systems - What was tried.
 */
function printUntried(platform, systems) {
  const tried = systems.filter((system) => system.platform === platform);
  const untried = supportedMajors.filter(
    (major) => !tried.some((system) => system.major === major),
  );
  if (untried.length === 0) return;
  const built = builtMajors(platform).filter((major) => untried.includes(major));
  const what = built.length === 0 ? "not built here" : `built here: for Node ${built.join(", ")}`;
  console.log(`not tried ${platform}, Node ${untried.join(", ")}: ${what}`);
}

/**
 * @param {string} name
 * @param {unknown} error
 */
function printFailure(name, error) {
  console.log(`not ok  ${name}: ${error instanceof ScriptFailure ? error.message : error}`);
}

/**
 * @param {string} version
 * @returns {System}
 */
function ownSystem(version) {
  const node = nodeOfMajor(version);
  return {
    about: `Node ${node.version}`,
    platform: ownPlatform(),
    major: node.version.split(".")[0] ?? "",
    capture: (args, options) => capture(node.path, args, options),
  };
}

/**
 * @param {import("./lib/emulated.mjs").OtherSystem} system
 * @param {string} platform
 * @param {string} major - Of its Node.
 * @returns {System}
 */
function otherSystem(system, platform, major) {
  return {
    about: system.about,
    platform,
    major,
    capture: (args, options) => captureOn(system, args, options),
  };
}

/**
 * @param {string} folder
 * @param {System} system
 * @param {string} registry
 */
function trySystem(folder, system, registry) {
  const bin = path.join(folder, "bin");
  const app = path.join(folder, "app");
  for (const made of [bin, app]) mkdirSync(made, { recursive: true });
  // npm starts a shell for scripts, of which there are none.
  symlinkSync(process.execPath, path.join(bin, "node"));
  symlinkSync("/bin/sh", path.join(bin, "sh"));
  const env = { PATH: bin, HOME: folder };
  const found = compilers.filter(
    (name) => spawnSync(name, ["--version"], { env }).error === undefined,
  );
  if (found.length > 0) throw new ScriptFailure(`on PATH all the same: ${found.join(", ")}`);
  writeFileSync(
    path.join(app, "package.json"),
    // As `npm init` writes it.
    '{ "name": "clean", "version": "1.0.0", "type": "commonjs" }',
  );
  const npm = path.join(capture("npm", ["root", "--global"]), "npm", "bin", "npm-cli.js");
  // The npm of this machine may be too new for an older Node, and has no other processor: the running Node runs it.
  const flags = ["--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--registry", registry];
  if (system.platform !== ownPlatform()) flags.push(...asPlatform(system.platform));
  capture(process.execPath, [npm, "install", ...flags, "codecell"], { cwd: app, env });
  const { programs, printed } = ofReadme();
  const erasesTypes = system.capture(["-p", "process.features.typescript"], { cwd: app, env });
  for (const [name, program] of Object.entries(programs)) {
    if (name.endsWith(".mts") && erasesTypes !== "strip") continue;
    writeFileSync(path.join(app, name), program);
    const said = `${system.capture([name], { cwd: app, env })}\n`;
    if (said !== printed) throw new ScriptFailure(`${name} printed ${said}, not ${printed}`);
  }
}

/**
 * What has npm install as if it ran there.
 * @param {string} platform
 */
function asPlatform(platform) {
  const { os = [], cpu = [], libc = [] } = platforms.find(({ name }) => name === platform) ?? {};
  return [`--os=${os.join()}`, `--cpu=${cpu.join()}`, `--libc=${libc.join()}`];
}

/** The first programs of the README, and what it says that they print. */
function ofReadme() {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const first = (/** @type {string} */ language) =>
    blocks.find(([, its]) => its === language)?.[2] ?? "";
  const programs = { "program.mjs": first("js"), "program.mts": first("ts") };
  return { programs, printed: first("") };
}
