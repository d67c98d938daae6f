// Tests the adapters with the real packages of frameworks, in the oldest and the newest version that
// codecell supports, and compiles a strict program of a user with each. Packages that need Node 22 or
// later run on such a Node.
//
//   node scripts/check-frameworks.mjs [--small] [NAME...]
//     NAME: part of a version's name, such as "ai 5". --small: without packages of hundreds of
//     megabytes and tests that wait long. jobs needs a redis-server, and jobs and pg-boss a PostgreSQL
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { versions } from "../test/frameworks/versions.mjs";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { onEachNode } from "./lib/each-node.mjs";
import { installPackages } from "./lib/own-packages.mjs";

const folder = path.join(root, "test", "frameworks");
const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
const newNode = "24";

await main(() => {
  const wanted = process.argv.slice(2).filter((argument) => argument !== "--small");
  const isSmall = process.argv.includes("--small");
  const chosen = versions.filter(
    ({ name, isLarge }) =>
      !(isSmall && isLarge) && (wanted.length === 0 || wanted.some((part) => name.includes(part))),
  );
  if (chosen.length === 0) throw new ScriptFailure(`no framework is called ${wanted.join(", ")}`);
  for (const own of new Set(chosen.map(({ folder: name = "." }) => name))) {
    installPackages(path.join(folder, own));
  }
  const wrong = chosen.filter((version) => !compiles(version));
  const running = process.versions.node.split(".")[0] ?? "";
  const [later, now] = [true, false].map((isLater) =>
    chosen.filter(({ isNewNode = false }) => (isNewNode && Number(running) < 22) === isLater),
  );
  if (now !== undefined && now.length > 0) runTests(running, now);
  if (later !== undefined && later.length > 0) runTests(newNode, later);
  if (wrong.length > 0) {
    throw new ScriptFailure(`programs do not compile with ${wrong.map(({ name }) => name)}`);
  }
});

/**
 * @param {string} major
 * @param {readonly import("../test/frameworks/versions.mjs").Version[]} chosen
 */
function runTests(major, chosen) {
  const projects = chosen.flatMap(({ name }) => ["--project", name]);
  const config = path.join(folder, "vitest.config.ts");
  onEachNode([major], "frameworks", (node) => {
    const args = [vitest, "run", "--config", config, ...projects];
    const { status } = spawnSync(node.path, args, { cwd: root, env: node.env, stdio: "inherit" });
    return status === 0;
  });
}

/**
 * Whether the programs of a user compile; what else the packages' own types complain of does not count.
 * @param {import("../test/frameworks/versions.mjs").Version} version
 */
function compiles({ name, tests, packages, folder: own }) {
  const sources = readdirSync(path.join(folder, tests)).filter((file) => /^\w+\.ts$/.test(file));
  if (sources.length === 0) return true;
  // Beside the packages these are found by their names.
  const isBeside = own === undefined || own === tests;
  const beside = isBeside ? [] : sources.map((file) => path.join(folder, own, file));
  const scratch = path.join(root, "build", "frameworks");
  mkdirSync(scratch, { recursive: true });
  const config = path.join(scratch, `${name.replace(/\W+/g, "-")}.json`);
  const originals = sources.map((file) => path.join(folder, tests, file));
  const options = isBeside ? compilerConfig(originals, packages) : compilerConfig(beside, {});
  writeFileSync(config, JSON.stringify(options));
  try {
    for (const [at, copy] of beside.entries()) copyFileSync(originals[at] ?? "", copy);
    return reportCompiling(name, config);
  } finally {
    for (const copy of beside) rmSync(copy, { force: true });
  }
}

/**
 * @param {string} name
 * @param {string} config
 */
function reportCompiling(name, config) {
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", config, "--pretty", "false"], {
    cwd: root,
    encoding: "utf8",
  });
  const ours = stdout
    .split("\n")
    .filter((line) => /error TS/.test(line) && !line.split("(")[0]?.includes("node_modules"));
  console.log(`${name}: ${ours.length === 0 ? "strict programs compile" : ours.join("\n")}`);
  return ours.length === 0;
}

/**
 * @param {readonly string[]} programs
 * @param {Readonly<Record<string, string>>} packages
 */
function compilerConfig(programs, packages) {
  const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const doors = Object.entries(exports).flatMap(([door, to]) =>
    typeof to === "string"
      ? []
      : [[door.replace(/^\./, "codecell"), [path.join(root, to.import.types)]]],
  );
  const others = Object.entries(packages).flatMap(([imported, installed]) => {
    const found = path.join(folder, "node_modules", installed);
    return [
      [imported, [found]],
      [`${imported}/*`, [path.join(found, "*")]],
    ];
  });
  return {
    compilerOptions: {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "es2023",
      module: "esnext",
      // Finds the types of a package in a folder of another name.
      moduleResolution: "bundler",
      moduleDetection: "force",
      lib: ["es2023", "esnext.disposable", "dom"],
      types: ["node"],
      typeRoots: [path.join(root, "node_modules", "@types")],
      paths: Object.fromEntries([...doors, ...others]),
    },
    files: programs,
  };
}
