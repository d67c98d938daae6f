// Builds dist/ from src/: declarations file by file, and JavaScript as a few files. A file for each
// module would take several times as long to load as all of the code in them.
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { main, root, run } from "./lib/command.mjs";

const dist = path.join(root, "dist");

/** The package's exports, and the door to the addon, which has a state. */
const entryPoints = [
  "index.ts",
  "ai.ts",
  "anthropic.ts",
  "mcp.ts",
  "openai.ts",
  "backend/addon/binding.ts",
];
/**
 * The command, and what doctor tries in a process of its own. Bundled apart, with a copy of what they use: what
 * many entry points share falls into many files, and each takes a third of a millisecond to load.
 */
const commands = ["cli/main.ts", "cli/doctor/trial.ts"];
/** What our own tests look into besides. */
const innerEntryPoints = ["backend/addon/event-batch.ts", "backend/thread/thread-backend.ts"];

await main(async () => {
  run(path.join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"]);
  const built = new Set([
    ...(await bundle(entryPoints)),
    ...(await bundle(commands)),
    ...(await bundle(innerEntryPoints)),
  ]);
  // Of an earlier build.
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (/\.js(\.map)?$/.test(file) && !built.has(file)) rmSync(file);
  }
});

/**
 * @param {readonly string[]} files - In src/.
 * @returns The files that were written.
 */
async function bundle(files) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => path.join("src", file)),
    outbase: "src",
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    inject: files === entryPoints ? ["src/index.ts"] : [],
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20.11",
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.outputs).map((file) => path.join(root, file));
}
