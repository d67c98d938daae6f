// Fuzzes the boundary between host and cells with libFuzzer: builds the addon's sources into a fuzzer
// (test/fuzz), loads it into Node, and lets it try inputs on each target in turn. It needs clang 19;
// CXX names another one. What it learns stays in build/fuzz, so that a second run goes on from there.
//
//   node scripts/fuzz.mjs [--target NAME]... [--seconds N]     default: every target, 60 seconds each
//   node scripts/fuzz.mjs --target NAME --input FILE           runs one input, with all its output
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { exists, main, root, ScriptFailure } from "./lib/command.mjs";
import { buildAddon } from "./lib/native-build.mjs";
import { sanitizerEnv } from "./lib/sanitizers.mjs";

/** What each target feeds. */
const targets = {
  codec: "JSON texts, strings and hostile values through the value codec",
  helpers: "hostile values through every helper, tool and import of a cell",
  source: "texts as the source of whole cells on threads of their own",
  events: "events of every shape from C++ to TypeScript",
  frames: "what a process that has been taken over says, and what a host says to one",
  options: "odd options and tables from JavaScript to C++",
  pragma: "what a model sends, through the pragma parser",
  "model-text": "output of every shape, cut for a model",
};

const seeds = path.join(root, "test", "fuzz", "corpus");
const found = path.join(root, "build", "fuzz");
const shownLines = 18;
const shownColumns = 160;

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true, default: Object.keys(targets) },
    seconds: { type: "string", default: "60" },
    input: { type: "string" },
  },
});

await main(() => {
  const names = values.target.map(checkTarget);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new ScriptFailure(`--seconds expects a number; got ${values.seconds}`);
  const fuzzer = buildFuzzer();
  if (values.input !== undefined) {
    runInput(fuzzer, names, values.input);
    return;
  }
  const failed = names.filter((name) => !fuzz(fuzzer, name, seconds));
  if (failed.length > 0) throw new ScriptFailure(`\nthe fuzzer found a fault in: ${failed}`);
});

/** @returns {{ addon: string, env: NodeJS.ProcessEnv }} */
function buildFuzzer() {
  const compiler = process.env.CXX ?? "clang++-19";
  if (!exists(compiler)) {
    throw new ScriptFailure(
      `${compiler} is missing, and only clang has libFuzzer.\n` +
        "  Debian, Ubuntu:  apt-get install clang-19 libclang-rt-19-dev",
    );
  }
  process.env.CXX = compiler;
  const addon = buildAddon({ fuzz: true });
  return { addon, env: { ...process.env, ...sanitizerEnv(compiler) } };
}

/**
 * @param {{ addon: string, env: NodeJS.ProcessEnv }} fuzzer
 * @param {string} name
 * @param {readonly string[]} args - libFuzzer's.
 * @param {"inherit" | number} output
 */
function drive({ addon, env }, name, args, output) {
  const driver = path.join(root, "test", "fuzz", "driver.mjs");
  const { status, signal } = spawnSync(process.execPath, [driver, addon, name, ...args], {
    cwd: root,
    env,
    stdio: ["ignore", output, output],
  });
  return status === 0 && signal === null;
}

/**
 * @param {{ addon: string, env: NodeJS.ProcessEnv }} fuzzer
 * @param {string} name
 * @param {number} seconds
 * @returns {boolean} Whether nothing was found.
 */
function fuzz(fuzzer, name, seconds) {
  const learned = path.join(found, name, "corpus");
  const crashes = path.join(found, name, "crashes");
  for (const folder of [learned, crashes]) mkdirSync(folder, { recursive: true });
  const log = path.join(found, name, "log");
  const before = new Set(readdirSync(crashes));
  const args = [learned];
  if (existsSync(path.join(seeds, name))) args.push(path.join(seeds, name));
  args.push(
    `-max_total_time=${seconds}`,
    `-artifact_prefix=${crashes}/`,
    `-dict=${path.join(seeds, "..", "words.dict")}`,
    "-max_len=4096",
    "-timeout=20",
    // The engine's heap comes on top of what the inputs need.
    "-rss_limit_mb=3072",
    "-detect_leaks=0",
    "-print_final_stats=1",
  );
  console.log(`\n${name}: ${targets[name]}`);
  const output = openSync(log, "w");
  const ok = drive(fuzzer, name, args, output);
  closeSync(output);
  const text = readFileSync(log, "utf8");
  console.log(`  ${summary(text)}; ${path.relative(root, log)}`);
  if (ok) return true;

  const added = readdirSync(crashes).filter((file) => !before.has(file));
  console.log(`${complaint(text)}\n`);
  if (added.length === 0) console.log("  The fuzzer ended without leaving an input.");
  for (const file of added) {
    const input = path.relative(root, path.join(crashes, file));
    console.log(`  Found: ${input}`);
    console.log(`  Again: npm run fuzz -- --target ${name} --input ${input}`);
  }
  return false;
}

/** @param {string} log */
function summary(log) {
  const runs = /stat::number_of_executed_units: +(\d+)/.exec(log)?.[1];
  const rate = /stat::average_exec_per_sec: +(\d+)/.exec(log)?.[1];
  const last = [...log.matchAll(/^#(\d+).* cov: (\d+) ft: (\d+) corp: (\d+)/gm)].at(-1);
  const [, tried, edges, features, inputs] = last ?? [];
  if (runs === undefined) return `stopped after ${tried ?? "no"} inputs`;
  return `${runs} inputs, ${rate} a second; ${edges} edges, ${features} features, ${inputs} kept`;
}

/**
 * What the fuzzer says after its last line of progress.
 * @param {string} log
 */
function complaint(log) {
  const lines = log.trimEnd().split("\n");
  const last = lines.findLastIndex((line) => /^(#|INFO:)/.test(line));
  return lines
    .slice(last + 1, last + 1 + shownLines)
    .map((line) => line.slice(0, shownColumns))
    .join("\n");
}

/**
 * @param {{ addon: string, env: NodeJS.ProcessEnv }} fuzzer
 * @param {readonly string[]} names
 * @param {string} input
 */
function runInput(fuzzer, names, input) {
  const [name, other] = names;
  if (name === undefined || other !== undefined) {
    throw new ScriptFailure("--input needs the --target that it is for");
  }
  if (!existsSync(input)) throw new ScriptFailure(`there is no ${input}`);
  if (!drive(fuzzer, name, [path.resolve(input), "-timeout=20"], "inherit")) {
    throw new ScriptFailure(`${name} fails with ${input}`);
  }
  console.log(`${name} bears ${input}`);
}

/** @param {string} name @returns {keyof typeof targets} */
function checkTarget(name) {
  if (Object.hasOwn(targets, name)) return /** @type {keyof typeof targets} */ (name);
  throw new ScriptFailure(`--target expects one of ${Object.keys(targets)}; got ${name}`);
}
