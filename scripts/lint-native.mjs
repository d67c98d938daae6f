// Checks the C++ of native/ and of its tests: clang-format, then clang-tidy, both with warnings as errors.
//
//   node scripts/lint-native.mjs [--fix] [--sample N] [FILE...]
//     --fix: only formats, in place
//     --sample: clang-tidy reads N files, those that the last commit changed and then others in turn
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { capture, exists, main, root, run, ScriptFailure } from "./lib/command.mjs";
import { configureAddon } from "./lib/native-build.mjs";
import { shuffledByTurn } from "./lib/turn.mjs";

const { values, positionals } = parseArgs({
  options: { fix: { type: "boolean", default: false }, sample: { type: "string" } },
  allowPositionals: true,
});

await main(async () => {
  const files = positionals.length > 0 ? positionals : nativeFiles();
  const format = findTool("clang-format");
  if (values.fix) {
    run(format, ["-i", ...files]);
    return;
  }
  run(format, ["--dry-run", "-Werror", ...files]);
  const sources = files.filter((file) => file.endsWith(".cc"));
  await tidy(values.sample === undefined ? sources : sample(sources, Number(values.sample)));
});

/** @returns {string[]} */
function nativeFiles() {
  return ["native", "test/native", "test/fuzz"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(cc|h)$/.test(file))
      .map((file) => path.join(folder, file))
      .sort(),
  );
}

/**
 * @param {readonly string[]} sources
 * @param {number} count
 */
function sample(sources, count) {
  const changed = changedFiles();
  const isChanged = (/** @type {string} */ source) =>
    changed.has(source) || changed.has(source.replace(/\.cc$/, ".h"));
  const inTurn = shuffledByTurn(sources);
  const first = [...inTurn.filter(isChanged), ...inTurn.filter((source) => !isChanged(source))];
  return first.slice(0, count);
}

/** What the last commit changed; nothing where it is the first, or the history is not there. */
function changedFiles() {
  try {
    return new Set(capture("git", ["diff", "--name-only", "HEAD~1", "HEAD"]).split("\n"));
  } catch (error) {
    if (error instanceof ScriptFailure) return new Set();
    throw error;
  }
}

/**
 * The tools' findings differ by version, so the pinned one goes first.
 * @param {string} name
 */
function findTool(name) {
  const found = [`${name}-19`, name].find(exists);
  if (found === undefined) {
    throw new ScriptFailure(`${name} is missing. Debian, Ubuntu: apt-get install ${name}-19`);
  }
  return found;
}

/** @param {readonly string[]} files */
async function tidy(files) {
  const program = findTool("clang-tidy");
  const folder = configureAddon();
  const waiting = [...files];
  let failed = 0;
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { code, output } = await tidyFile(program, folder, file);
      if (code === 0) continue;
      failed += 1;
      process.stdout.write(`${output}\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (failed > 0) throw new ScriptFailure(`clang-tidy has findings in ${failed} file(s)`);
  console.log(`clang-format and clang-tidy: ${files.length} files are clean`);
}

/**
 * @param {string} program
 * @param {string} folder
 * @param {string} file
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function tidyFile(program, folder, file) {
  return new Promise((resolve, reject) => {
    // What test/native/CMakeLists.txt defines besides.
    const samples = '--extra-arg=-DCODECELL_WIRE_SAMPLES=""';
    const child = spawn(program, ["-p", folder, "--quiet", samples, file], { cwd: root });
    let output = "";
    // Standard error only counts the warnings in system headers.
    child.stdout.on("data", (data) => {
      output += String(data);
    });
    let errors = "";
    child.stderr.on("data", (data) => {
      errors += String(data);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output: output === "" ? errors : output });
    });
  });
}
