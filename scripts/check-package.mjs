// Packs the package, installs the tarball in a folder of its own, and uses it there: as a program on
// each supported Node, as a command, and as types.
//
//   node scripts/check-package.mjs     needs dist/ and prebuilds/: `npm run build:prebuilds` first
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { capture, main, root, run, ScriptFailure } from "./lib/command.mjs";
import { newestSymbols } from "./lib/needed-symbols.mjs";
import { nodeOfMajor, supportedMajors } from "./lib/node-cache.mjs";

/** What users of createMcpServer install, as this package's own development does. */
const peer = "@modelcontextprotocol/server@2";

const consumer = `import { createCodeMode } from "codecell";
import * as anthropic from "codecell/anthropic";
import * as google from "codecell/google";
import * as langchain from "codecell/langchain";
import * as mcp from "codecell/mcp";
import * as openai from "codecell/openai";

await using mode = createCodeMode({ tools: { now: { execute: () => Date.now() } } });
const outcome = await mode.openSession().exec("text(await tools.now())");
if (outcome.status === "failed") console.error(outcome.error.text);
void [anthropic, google, langchain, mcp, openai];
`;

await main(() => {
  const folder = mkdtempSync(path.join(tmpdir(), "codecell-package-"));
  try {
    const tarball = pack(folder);
    install(folder, `./${tarball}`);
    checkWeight(folder);
    printNeeds(folder);
    checkMissingPeer(folder);
    checkCommand(folder);
    install(folder, peer);
    checkTypes(folder);
    for (const major of supportedMajors) checkProgram(folder, major);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param {string} folder */
function pack(folder) {
  if (!existsSync(path.join(root, "prebuilds")) || !existsSync(path.join(root, "dist"))) {
    throw new ScriptFailure("there is no dist/ or prebuilds/: run `npm run build:prebuilds` first");
  }
  run("npm", ["pack", "--silent", "--pack-destination", folder], { quiet: true });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new ScriptFailure("npm pack made no tarball");
  const files = capture("tar", ["-tzf", path.join(folder, tarball)]).split("\n");
  const others = files.filter((file) => !file.startsWith("package/dist/"));
  console.log(`${tarball}: ${files.length - others.length} files in dist/, and`);
  console.log(others.map((file) => `  ${file.replace("package/", "")}`).join("\n"));
  return tarball;
}

/**
 * @param {string} folder
 * @param {string} spec
 */
function install(folder, spec) {
  const file = path.join(folder, "package.json");
  if (!existsSync(file)) writeFileSync(file, '{"name": "consumer", "type": "module"}');
  run("npm", ["install", "--silent", spec], { cwd: folder, quiet: true });
}

/**
 * What a user installs besides: two packages, of which one is types.
 * @param {string} folder
 */
function checkWeight(folder) {
  const installed = path.join(folder, "node_modules");
  const lock = JSON.parse(readFileSync(path.join(installed, ".package-lock.json"), "utf8"));
  const names = Object.keys(lock.packages).map((name) => name.replace("node_modules/", ""));
  const [size = ""] = capture("du", ["-sk", installed]).split("\t");
  console.log(`installed: ${names.join(", ")}; ${size} KiB`);
  const expected = ["@standard-schema/spec", "@swc/wasm-typescript", "codecell"];
  if (names.sort().join() !== expected.join()) {
    throw new ScriptFailure(`expected only ${expected.join(", ")} to be installed`);
  }
}

/**
 * The newest symbols of the system's libraries that each addon needs.
 * @param {string} folder
 */
function printNeeds(folder) {
  const prebuilds = path.join(folder, "node_modules", "codecell", "prebuilds");
  for (const file of readdirSync(prebuilds, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".node")) continue;
    const needs = newestSymbols(path.join(prebuilds, file));
    console.log(
      `${file} needs ${Object.entries(needs)
        .map((need) => need.join(" "))
        .join(", ")}`,
    );
  }
}

/**
 * @param {string} folder - Without the MCP SDK.
 */
function checkMissingPeer(folder) {
  const program = `import { createCodeMode } from "codecell";
    import { createMcpServer } from "codecell/mcp";
    const codeMode = createCodeMode();
    await createMcpServer(codeMode.openSession()).catch(({ code }) => console.log(code));
    await codeMode.close();`;
  const said = capture(process.execPath, ["--input-type=module", "-e", program], { cwd: folder });
  if (said !== "ERR_PACKAGE_MISSING") {
    throw new ScriptFailure(
      `createMcpServer without the SDK: expected ERR_PACKAGE_MISSING; got ${said}`,
    );
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
