// What `npm install codecell` is worth where there is nothing but Node and npm: no compiler on PATH, install scripts
// off, a folder of its own, a registry on this machine with what was packed here. The program of the README runs on
// each supported Node. At the end it says what was shown and what was not.
//
//   node scripts/check-clean-install.mjs [VERSION...]     needs dist/ and prebuilds/: `npm run build:prebuilds` first
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { capture, main, root, ScriptFailure } from "./lib/command.mjs";
import { startRegistry } from "./lib/local-registry.mjs";
import { nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";
import { builtPlatforms, packAll } from "./lib/packages.mjs";
import { ownPlatform, platforms } from "./lib/platforms.mjs";

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

await main(async () => {
  const versions = process.argv.length > 2 ? process.argv.slice(2) : supportedMajors;
  const scratch = mkdtempSync(path.join(tmpdir(), "codecell-clean-"));
  const tarballs = path.join(scratch, "tarballs");
  packAll(tarballs);
  const registry = await startRegistry(tarballs);
  try {
    const shown = versions.map((version) => {
      const node = nodeOfMajor(version);
      tryNode(path.join(scratch, version), node, registry.url);
      return `Node ${node.version} on ${ownPlatform()}: installed, and the README's program printed what it should`;
    });
    console.log(shown.join("\n"));
    const others = platforms.filter(({ name }) => name !== ownPlatform());
    for (const { name } of others) {
      const isBuilt = builtPlatforms().some((platform) => platform.name === name);
      console.log(`${name}: not run by this script, ${isBuilt ? "built" : "not built"} here`);
    }
  } finally {
    await registry.close();
    rmSync(scratch, { recursive: true, force: true });
  }
});

/**
 * @param {string} folder
 * @param {import("./lib/native-build.mjs").NodeTarget} node
 * @param {string} registry
 */
function tryNode(folder, node, registry) {
  const bin = path.join(folder, "bin");
  const app = path.join(folder, "app");
  for (const made of [bin, app]) mkdirSync(made, { recursive: true });
  symlinkSync(node.path, path.join(bin, "node"));
  // npm starts a shell for scripts, of which there are none.
  symlinkSync("/bin/sh", path.join(bin, "sh"));
  const env = { PATH: bin, HOME: folder };
  const found = compilers.filter(
    (name) => spawnSync(name, ["--version"], { env }).error === undefined,
  );
  if (found.length > 0) throw new ScriptFailure(`on PATH all the same: ${found.join(", ")}`);
  writeFileSync(
    path.join(app, "package.json"),
    '{ "name": "clean", "private": true, "type": "module" }',
  );
  const npm = path.join(capture("npm", ["root", "--global"]), "npm", "bin", "npm-cli.js");
  // The npm of this machine may be too new for an older Node, so the running Node runs it.
  const flags = ["--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--registry", registry];
  capture(process.execPath, [npm, "install", ...flags, "codecell"], { cwd: app, env });
  const { program, printed } = ofReadme();
  writeFileSync(path.join(app, "program.js"), program);
  const said = `${capture(node.path, ["program.js"], { cwd: app, env })}\n`;
  if (said !== printed)
    throw new ScriptFailure(`Node ${node.version} printed ${said}, not ${printed}`);
}

/** The first program of the README, and what it says that this prints. */
function ofReadme() {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const first = (/** @type {string} */ language) =>
    blocks.find(([, its]) => its === language)?.[2] ?? "";
  return { program: first("js"), printed: first("") };
}
