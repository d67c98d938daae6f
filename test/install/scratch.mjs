// A folder of a user's, with codecell installed from a registry on this machine, and the program that is tried in it.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ScriptFailure } from "../../scripts/lib/command.mjs";
import { installFrom } from "../../scripts/lib/local-registry.mjs";

const own = path.dirname(fileURLToPath(import.meta.url));

/**
 * Runs a cell with a tool, one in TypeScript, and reads a config, which needs a file of dist/vendor. On a machine that is
 * busy a cell may take longer than the 10 s after which it would yield.
 */
const body = `
async function main() {
  const codeMode = createCodeMode({ yieldAfterMs: 600_000, tools: { answer: { execute: () => 42 } } });
  const session = codeMode.openSession();
  const outcome = await session.exec("text(await tools.answer())");
  const { exec } = createModelTools(session);
  const typed = await exec.execute({ code: "const a: number = 43;\\ntext(a);" });
  const { mcpServers } = await parseMcpConfig('{ "mcpServers": { "none": { "command": "none" } } }');
  console.log(outcome.output[0].text, typed.outcome.output[0].text, Object.keys(mcpServers).join());
  await codeMode.close();
}`;
const printed = "42 43 none";

/** The program as an ES module. */
export const esmProgram = `import { createCodeMode, createModelTools } from "codecell";
import { parseMcpConfig } from "codecell/mcp";
${body}
await main();
`;

/** The program as CommonJS. */
export const cjsProgram = `const { createCodeMode, createModelTools } = require("codecell");
const { parseMcpConfig } = require("codecell/mcp");
${body}
main();
`;

/** One cell, as a function of a program or a test. */
export const shortProgram = `
async function answer() {
  const codeMode = createCodeMode({ yieldAfterMs: 600_000, tools: { answer: { execute: () => 42 } } });
  const outcome = await codeMode.openSession().exec("text(await tools.answer())");
  await codeMode.close();
  return outcome.output[0].text;
}`;

export class Scratch {
  /** The folder, which has a package.json. */
  folder = mkdtempSync(path.join(tmpdir(), "codecell-install-"));
  /** Where the tarballs of all packages are. */
  tarballs;
  /** The URL of a registry that has them. */
  registry;

  /**
   * @param {object} from
   * @param {string} from.tarballs
   * @param {string} from.registry
   * @param {string} [from.installed] - A folder with node_modules to copy.
   */
  constructor({ tarballs, registry, installed }) {
    this.tarballs = tarballs;
    this.registry = registry;
    this.write("package.json", '{ "name": "consumer", "private": true }');
    if (installed === undefined) return;
    // The addon is mapped into memory; each folder has a file of its own.
    cpSync(path.join(installed, "node_modules"), path.join(this.folder, "node_modules"), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  write(name, text) {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /**
   * Runs Node in the folder and returns what it printed.
   * @param {readonly string[]} args
   * @param {{ node?: string, cwd?: string, env?: NodeJS.ProcessEnv, uid?: number }} [options]
   */
  node(args, { node = process.execPath, cwd = this.folder, env = {}, uid } = {}) {
    const { CODECELL_ADDON: _, NODE_OPTIONS: __, ...outer } = process.env;
    const child = spawnSync(node, args, {
      cwd,
      env: { ...outer, NO_COLOR: "1", ...env },
      encoding: "utf8",
      ...(uid !== undefined && { uid, gid: uid }),
    });
    const shown = `${child.stdout}${child.stderr}`;
    if (child.status !== 0) {
      throw new ScriptFailure(
        `node ${args.join(" ")} ended with ${child.status ?? child.signal}:\n${shown}`,
      );
    }
    return child.stdout.trim();
  }

  /**
   * Installs packages with npm, without install scripts.
   * @param {readonly string[]} specs
   */
  npmInstall(...specs) {
    installFrom(this.registry, this.folder, specs);
  }

  /** The tarball of codecell itself. */
  get tarball() {
    const name = readdirSync(this.tarballs).find((file) => /^codecell-\d.*\.tgz$/.test(file));
    return path.join(this.tarballs, name ?? "codecell.tgz");
  }

  /**
   * Runs the program and throws if it does not print what it should.
   * @param {readonly string[]} args
   * @param {Parameters<Scratch["node"]>[1]} [options]
   */
  runProgram(args, options) {
    this.expect(this.node(args, options), printed);
  }

  /**
   * @param {string} found
   * @param {string} expected
   */
  expect(found, expected) {
    if (found !== expected) throw new ScriptFailure(`expected ${expected}, got ${found}`);
  }

  /**
   * A program of a package of test/install.
   * @param {string} file - "webpack/bin/webpack.js"
   */
  tool(file) {
    return path.join(own, "node_modules", file);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
