// Packs the packages, installs them in a folder of its own from a registry on this machine, and uses them there: as a
// program on each supported Node, as a command, and as types.
//
//   node scripts/check-package.mjs     needs dist/ and prebuilds/: `npm run build:prebuilds` first
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { capture, main, root, run, ScriptFailure } from "./lib/command.mjs";
import { kilobytes } from "./lib/kilobytes.mjs";
import { installFrom, startRegistry } from "./lib/local-registry.mjs";
import { newestSymbols } from "./lib/needed-symbols.mjs";
import { nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";
import { packAll } from "./lib/packages.mjs";
import { ownPlatform } from "./lib/platforms.mjs";

/** What users of createMcpServer install, as this package's own development does. */
const peer = "@modelcontextprotocol/server@2";

const consumer = `import { createCodeMode } from "codecell";
import * as anthropic from "codecell/anthropic";
import * as client from "codecell/client";
import * as google from "codecell/google";
import * as langchain from "codecell/langchain";
import * as mcp from "codecell/mcp";
import * as openai from "codecell/openai";
import * as postgres from "codecell/postgres";
import * as sqlite from "codecell/sqlite";

await using mode = createCodeMode({ tools: { now: { execute: () => Date.now() } } });
const outcome = await mode.openSession().exec("text(await tools.now())");
if (outcome.status === "failed") console.error(outcome.error.text);
void [anthropic, client, google, langchain, mcp, openai, postgres, sqlite];
`;

await main(async () => {
  const tarballs = mkdtempSync(path.join(tmpdir(), "codecell-tarballs-"));
  const folder = mkdtempSync(path.join(tmpdir(), "codecell-package-"));
  showPacked(packAll(tarballs));
  const registry = await startRegistry(tarballs);
  try {
    writeFileSync(path.join(folder, "package.json"), '{"name": "consumer", "type": "module"}');
    installFrom(registry.url, folder, ["codecell"]);
    checkWeight(folder);
    printNeeds(folder);
    installFrom(registry.url, folder, [peer]);
    checkTypes(folder);
    for (const major of supportedMajors) checkProgram(folder, major);
    installFrom(registry.url, folder, ["@codecell/cli"]);
    checkCommand(folder);
  } finally {
    await registry.close();
    for (const made of [tarballs, folder]) rmSync(made, { recursive: true, force: true });
  }
});

/** @param {readonly import("./lib/packages.mjs").Packed[]} packed */
function showPacked(packed) {
  for (const { name, size, unpackedSize, files } of packed) {
    console.log(
      `${name}: ${files.length} files, ${kilobytes(unpackedSize)}, packed ${kilobytes(size)}`,
    );
    const largest = [...files].sort((one, other) => other.size - one.size).slice(0, 5);
    console.log(largest.map((file) => `  ${file.path} ${kilobytes(file.size)}`).join("\n"));
  }
}

/**
 * What a user installs besides: the addons for the platform, and types. test/install/loaders/light.mjs says how
 * much it may weigh.
 * @param {string} folder
 */
function checkWeight(folder) {
  const installed = path.join(folder, "node_modules");
  const lock = JSON.parse(readFileSync(path.join(installed, ".package-lock.json"), "utf8"));
  const names = Object.keys(lock.packages).map((name) => name.replace("node_modules/", ""));
  const expected = [`@codecell/${ownPlatform()}`, "@standard-schema/spec", "codecell"];
  if (names.sort().join() !== expected.join()) {
    throw new ScriptFailure(
      `expected only ${expected.join(", ")} to be installed; got ${names.join(", ")}`,
    );
  }
}

/**
 * The newest symbols of the system's libraries that each addon needs.
 * @param {string} folder
 */
function printNeeds(folder) {
  const addons = path.join(folder, "node_modules", "@codecell", ownPlatform());
  for (const file of readdirSync(addons).filter((name) => name.endsWith(".node"))) {
    const needs = Object.entries(newestSymbols(path.join(addons, file)));
    console.log(`${file} needs ${needs.map((need) => need.join(" ")).join(", ")}`);
  }
}

/** @param {string} folder */
function checkTypes(folder) {
  writeFileSync(path.join(folder, "consumer.ts"), consumer);
  const nodeTypes = path.join(root, "node_modules", "@types");
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  // Without skipLibCheck: the package's own declarations must hold by themselves.
  const options = ["--noEmit", "--strict", "--skipLibCheck", "false", "--module", "nodenext"];
  options.push("--target", "es2022", "--lib", "es2023,esnext.disposable");
  options.push("--typeRoots", nodeTypes, "--types", "node");
  run(process.execPath, [tsc, ...options, "consumer.ts"], { cwd: folder });
  console.log("the declarations serve a strict consumer");
}

/** @param {string} folder */
function checkCommand(folder) {
  const command = path.join(folder, "node_modules", ".bin", "codecell");
  console.log(`codecell --version: ${capture(command, ["--version"], { cwd: folder })}`);
  // Each command finds what it loads.
  writeFileSync(path.join(folder, "cell.js"), 'text("ran");');
  writeFileSync(path.join(folder, "mcp.json"), '{"mcpServers": {}}');
  const ran = capture(command, ["run", "cell.js", "--config", "mcp.json"], { cwd: folder });
  if (ran !== "ran") throw new ScriptFailure(`codecell run printed ${ran}`);
  capture(command, ["repl", "--config", "mcp.json"], { cwd: folder });
  capture(command, ["mcp", "--config", "mcp.json"], { cwd: folder });
  for (const listen of ["stdio://", "grpc+stdio://"])
    capture(command, ["host", "--listen", listen], { cwd: folder });
  capture(command, ["tools", "--config", "mcp.json", "--json"], { cwd: folder });
}

/**
 * @param {string} folder
 * @param {string} major
 */
function checkProgram(folder, major) {
  const node = nodeOfMajor(major);
  console.log(`\nNode ${node.version}`);
  copyFileSync(path.join(root, "test", "smoke", "smoke.mjs"), path.join(folder, "smoke.mjs"));
  const { CODECELL_ADDON: _, ...env } = process.env;
  run(node.path, ["smoke.mjs", "codecell"], { cwd: folder, env });
}
