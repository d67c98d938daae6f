// An install of codecell alone: what it weighs, and what it says of the parts that come with those who use them.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ScriptFailure } from "../../../scripts/lib/command.mjs";
import { Scratch, shortProgram } from "../scratch.mjs";

/** What an install for one platform may have at most. */
const most = { packages: 8, bytes: 6_000_000 };

const parts = `import { createCodeMode, createModelTools } from "codecell";
import { connectMcpServers, createMcpServer, parseMcpConfig } from "codecell/mcp";
const codeMode = createCodeMode();
const session = codeMode.openSession();
const said = [];
const note = (error) => said.push(error.code + (/\`npm install [\\w@/.-]+\`/.exec(error.message)?.[0] ?? ""));
await createMcpServer(session).catch(note);
const config = await parseMcpConfig('{ "mcpServers": { "none": { "command": "none" } } }');
await connectMcpServers(config).catch(note);
try {
  const { exec } = createModelTools(session, { typescript: true });
  const { outcome } = await exec.execute({ code: "const a: number = 43;\\ntext(a);" });
  said.push(outcome.output[0].text);
} catch (error) { note(error); }
await codeMode.close();
console.log(said.join("\\n"));`;

/** @param {import("../scratch.mjs").Scratch} outer */
export function check({ tarballs, registry }) {
  const scratch = new Scratch({ tarballs, registry });
  try {
    scratch.npmInstall("codecell");
    checkWeight(scratch);
    scratch.write("parts.mjs", parts);
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const erases = major > 22 || (major === 22 && minor >= 13);
    const missing = (/** @type {string} */ name) => `ERR_PACKAGE_MISSING\`npm install ${name}\``;
    scratch.expect(
      scratch.node(["parts.mjs"]),
      [
        missing("@modelcontextprotocol/server"),
        missing("@codecell/mcp"),
        erases ? "43" : missing("@swc/wasm-typescript"),
      ].join("\n"),
    );
    checkCommand(scratch);
    checkWithoutAddon(scratch);
  } finally {
    scratch.remove();
  }
}

/** @param {Scratch} scratch */
function checkWeight(scratch) {
  const installed = path.join(scratch.folder, "node_modules");
  const lock = JSON.parse(readFileSync(path.join(installed, ".package-lock.json"), "utf8"));
  const names = Object.keys(lock.packages).map((name) => name.replace("node_modules/", ""));
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  const sizes = files.map((name) => statSync(path.join(installed, name)));
  const bytes = sizes.reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
  console.log(`        ${names.join(", ")}: ${(bytes / 1e6).toFixed(2)} MB`);
  if (names.length > most.packages || bytes > most.bytes) {
    throw new ScriptFailure(`more than ${most.packages} packages or ${most.bytes / 1e6} MB`);
  }
}

/** @param {Scratch} scratch */
function checkCommand(scratch) {
  const bin = path.join("node_modules", "codecell", "dist", "bin", "main.js");
  const run = (/** @type {string[]} */ ...args) =>
    spawnSync(process.execPath, [bin, ...args], { cwd: scratch.folder, encoding: "utf8" });
  const { status, stderr } = run("run", "cell.js");
  if (status !== 2 || !stderr.includes("npx @codecell/cli run cell.js")) {
    throw new ScriptFailure(`codecell run without the commands says: ${status} ${stderr}`);
  }
  scratch.npmInstall("@codecell/cli");
  scratch.write("cell.js", "const a: number = 42;\ntext(a);");
  scratch.write("mcp.json", '{ "mcpServers": {} }');
  for (const args of [
    ["run", "cell.js"],
    ["run", "cell.js", "--config", "mcp.json"],
  ]) {
    scratch.expect(run(...args).stdout.trim(), "42");
  }
  for (const args of [
    ["doctor"],
    ["doctor", "--config", "mcp.json"],
    ["repl", "--config", "mcp.json"],
    ["mcp", "--config", "mcp.json"],
    ["tools", "--config", "mcp.json", "--json"],
    ["build", "--help"],
  ]) {
    const { status, stdout, stderr } = run(...args);
    if (status !== 0) throw new ScriptFailure(`codecell ${args.join(" ")}: ${stdout}${stderr}`);
  }
}

/** @param {Scratch} scratch - Whose package for the platform goes, as with --omit=optional. */
function checkWithoutAddon(scratch) {
  scratch.npmInstall("--omit=optional");
  scratch.write(
    "without.cjs",
    `const { createCodeMode, support } = require("codecell");${shortProgram}
    const { error } = support();
    answer().catch((thrown) => {
      const same = thrown.message === error.message ? "" : "another error";
      console.log(error.code, same, /Run \`npm install @codecell\\/[\\w-]+@[\\d.]+\`\\.$/.test(error.message) || error.message);
    });`,
  );
  scratch.expect(scratch.node(["without.cjs"]), "ERR_ADDON_MISSING  true");
}
