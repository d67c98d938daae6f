// A copy of the repository with all mutants of src/ in it, so that one build serves them all, in every process
// that a test starts.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { capture, root, run, ScriptFailure } from "../../scripts/lib/command.mjs";
import { findMutants } from "./find-mutants.mjs";
import { instrument } from "./instrument.mjs";

/** Where all that mutation testing writes is. */
export const workFolder = path.join(root, "build", "mutants");
export const tree = path.join(workFolder, "tree");

/**
 * @typedef {object} SourceFile
 * @property {string} path - In src/.
 * @property {string} hash - Of its text.
 * @property {number} first - The number of its first mutant.
 * @property {readonly import("./find-mutants.mjs").Mutant[]} mutants
 */

/**
 * Copies what git knows or would know, with mutants in src/, and builds dist/ of that.
 * @returns {SourceFile[]}
 */
export function makeTree() {
  rmSync(tree, { recursive: true, force: true });
  copyRepository(tree, (file) => !file.startsWith("src/"));
  symlinkSync(path.join(root, "build"), path.join(tree, "build"));
  const sources = readSources();
  const dist = path.join(root, "dist");
  cpSync(dist, path.join(tree, "dist"), {
    recursive: true,
    filter: (file) => !isOwnJavaScript(path.relative(dist, file)),
  });
  run("node", ["scripts/build-ts.mjs", "--only-own-javascript"], { cwd: tree, quiet: true });
  checkDist(dist, path.join(tree, "dist"));
  return sources;
}

/**
 * Whether the build of the copy writes a file of dist/: it leaves the packages, web/ and page/ as they are.
 * @param {string} file - In dist/.
 */
function isOwnJavaScript(file) {
  return /\.js(\.map)?$/.test(file) && !/^(vendor|web|page)\//.test(file);
}

/**
 * A file that is missing would fail tests, which would then be left out. Names of chunks depend on what they have.
 * @param {string} whole
 * @param {string} copy
 */
function checkDist(whole, copy) {
  const missing = readdirSync(whole, { recursive: true, encoding: "utf8" }).filter(
    (file) => !file.includes("chunks/") && !existsSync(path.join(copy, file)),
  );
  if (missing.length === 0) return;
  throw new ScriptFailure(
    `The copy of dist/ lacks ${missing.join(", ")}: isOwnJavaScript in tree.mjs must say what the build of it writes.`,
  );
}

/**
 * Copies what git knows or would know into a folder, beside the packages of this repository.
 * @param {string} folder
 * @param {(file: string) => boolean} [isWanted]
 */
export function copyRepository(folder, isWanted = () => true) {
  const files = capture("git", ["ls-files", "-co", "--exclude-standard"]).split("\n");
  for (const file of files) {
    const from = path.join(root, file);
    // What has been deleted is known until the next commit.
    if (isWanted(file) && existsSync(from)) cpSync(from, path.join(folder, file));
  }
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
}

function readSources() {
  /** @type {SourceFile[]} */
  const sources = [];
  let first = 0;
  for (const file of sourceFiles()) {
    const text = readFileSync(path.join(root, "src", file), "utf8");
    const { code, mutants } = findMutants(text);
    const written = path.join(tree, "src", file);
    const toSwitch = path.relative(
      path.dirname(written),
      path.join(tree, "test/mutants/switch.mjs"),
    );
    mkdirSync(path.dirname(written), { recursive: true });
    writeFileSync(written, instrument(code, mutants, first, toSwitch));
    sources.push({
      path: file,
      hash: hashOf(text),
      first,
      mutants,
    });
    first += mutants.length;
  }
  return sources;
}

/** Those of src/, by their paths in it. */
export function sourceFiles() {
  return readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort();
}

/** @param {string} text */
export function hashOf(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
