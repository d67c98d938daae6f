// Builds dist/ from src/: declarations file by file, and JavaScript as a few files. A file for each
// module would take several times as long to load as all of the code in them. Most packages that it
// uses become files of dist/vendor (lib/vendor.mjs). web/ becomes dist/web (lib/web-libraries.mjs).
//
//   node scripts/build-ts.mjs [--only-own-javascript]
//     --only-own-javascript: leaves the declarations, dist/vendor and dist/web as they are
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { main, root, run } from "./lib/command.mjs";
import { buildVendored, vendoredModules, writeNotices } from "./lib/vendor.mjs";
import { buildWebLibraries } from "./lib/web-libraries.mjs";

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
  if (process.argv.includes("--only-own-javascript")) {
    await bundleAll();
    return;
  }
  run(path.join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"]);
  const [vendored, web] = await Promise.all([buildVendored(), buildWebLibraries()]);
  writeNotices([...vendored.inputs, ...web.inputs]);
  const built = new Set([...(await bundleAll()), ...vendored.files, ...web.files]);
  for (const file of reachableDeclarations()) built.add(file);
  // Of an earlier build, and declarations that no entry point needs.
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (/\.(c?js(\.map)?|d\.ts)$/.test(file) && !built.has(file)) rmSync(file);
  }
});

async function bundleAll() {
  return [
    ...(await bundle(entryPoints)),
    ...(await bundle(commands)),
    ...(await bundle(innerEntryPoints)),
  ];
}

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
    plugins: [vendoredModules({ withPeers: files === commands })],
    format: "esm",
    platform: "node",
    target: "node20.11",
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
  });
  return Object.keys(metafile.outputs).map((file) => path.join(root, file));
}

/** The entry points' declarations, and those that they import. */
function reachableDeclarations() {
  const found = new Set(
    [...entryPoints, ...innerEntryPoints].map((file) =>
      path.join(dist, file.replace(/\.ts$/, ".d.ts")),
    ),
  );
  // A set that grows is walked to its end.
  for (const file of found) {
    const text = readFileSync(file, "utf8");
    for (const [, name = ""] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g)) {
      const imported = path.join(path.dirname(file), `${name}.d.ts`);
      if (imported.startsWith(dist + path.sep)) found.add(imported);
    }
  }
  return found;
}
