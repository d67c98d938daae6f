// Builds dist/ from src/: declarations file by file, and JavaScript as a few files. A file for each
// module would take several times as long to load as all of the code in them. Most packages that it
// uses become files of dist/vendor (lib/vendor.mjs). web/ becomes dist/web (lib/web-libraries.mjs), page/ dist/page.
//
// Node runs dist/cjs, whether a program asks with `import` or `require`, so that there is one instance; the
// doors in dist/ are ES modules that name what dist/cjs exports. Bundlers get the ES modules of dist/esm.
// What most programs never use is a file of its own in dist/cjs, loaded at its first use (lib/lazy-modules.mjs).
//
//   node scripts/build-ts.mjs [--only-own-javascript]
//     --only-own-javascript: leaves the declarations, dist/vendor, dist/web and dist/page as they are
//
// Where dist/ is what the same sources have made already, nothing is built (lib/build-stamp.mjs).
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { BuildStamp } from "./lib/build-stamp.mjs";
import { main, root, run } from "./lib/command.mjs";
import { writeAsCommonJs } from "./lib/common-js.mjs";
import { writeDeclarations } from "./lib/declarations.mjs";
import { lazyModules, lazyModulesApart, loadLazily } from "./lib/lazy-modules.mjs";
import { buildPage } from "./lib/page.mjs";
import { buildVendored, vendoredModules, writeNotices } from "./lib/vendor.mjs";
import { buildWebLibraries } from "./lib/web-libraries.mjs";

const dist = path.join(root, "dist");

/** The package's exports. */
const doors = [
  "index.ts",
  "ai.ts",
  "anthropic.ts",
  "google.ts",
  "langchain.ts",
  "mcp.ts",
  "openai.ts",
  "otel.ts",
  "postgres.ts",
  "sqlite.ts",
];
/** A door that browsers load too: one file with all that it uses, which has nothing of Node. */
const clientDoor = "client.ts";
/** And the door to the addon, which has a state. */
const entryPoints = [...doors, "backend/addon/binding.ts"];
/**
 * The command, what doctor tries in a process of its own, and the process of replay --inspect. Bundled apart, with
 * a copy of what they use: what many entry points share falls into many files, and each takes a third of a
 * millisecond to load.
 */
const commands = ["cli/main.ts", "cli/doctor/trial.ts", "cli/journal/inspected-cell.ts"];
/** A command that is waited for when it starts, as one file without the others. */
const hostCommand = ["cli/host/program.ts"];
/** The command that every install has, as one file. */
const smallCommand = ["bin/main.ts"];
/** What a process of Node runs in which a cell lives. Bundled apart as well. */
const cellProcess = ["backend/child/main.ts"];
/** The thread of a store in a file. */
const storeThread = ["sqlite/worker.ts"];
/** What our own tests look into besides. */
const innerEntryPoints = [
  "backend/addon/event-batch.ts",
  "backend/process/choose-source.ts",
  "backend/process/process-backend.ts",
  "backend/thread/thread-backend.ts",
  "backend/wire/read-frames.ts",
];
const innerDeclarations = ["backend/addon/binding.ts", ...innerEntryPoints];

await main(async () => {
  if (process.argv.includes("--only-own-javascript")) {
    await bundleAll();
    return;
  }
  const stamp = new BuildStamp(root);
  if (stamp.isCurrent) return;
  run(path.join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"]);
  const [vendored, web, page] = await Promise.all([
    buildVendored(),
    buildWebLibraries(),
    buildPage(),
  ]);
  writeNotices({ vendored: vendored.inputs, web: web.inputs, page: page.inputs });
  const built = new Set([...(await bundleAll()), ...vendored.files, ...web.files, ...page.files]);
  for (const file of writeDeclarations(dist, {
    doors: [...doors, clientDoor],
    inner: innerDeclarations,
  }))
    built.add(file);
  // Of an earlier build, and declarations that no entry point needs.
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (/\.(c?js(\.map)?|d\.ts)$/.test(file) && !built.has(file)) rmSync(file);
  }
  stamp.write();
});

async function bundleAll() {
  return [
    ...(await bundleDoors()),
    ...(await bundleClient()),
    ...(await bundle(commands, { external: ["./host/program.js"] })),
    ...(await bundle(hostCommand, { splitting: false, minifyWhitespace: true, lineLimit: 160 })),
    ...(await bundle(smallCommand)),
    ...(await bundle(cellProcess)),
    ...(await bundle(storeThread)),
    ...(await bundle(innerEntryPoints)),
  ];
}

/** dist/esm, dist/cjs, and ES modules that name what dist/cjs exports. */
async function bundleDoors() {
  const [esm, apart] = await Promise.all([
    bundleShared(entryPoints),
    bundleShared([...entryPoints, ...lazyModules], [lazyModulesApart()]),
  ]);
  const written = Object.keys(esm.metafile.outputs).map((file) => path.join(root, file));
  for (const { path: file, contents } of esm.outputFiles) write(file, contents);
  const commonJs = await writeAsCommonJs(
    apart,
    { from: "dist/esm", into: "dist/cjs" },
    {
      edit: (code, file) =>
        loadLazily(code, { file, folder: path.join(dist, "cjs"), exportsOf: exportsIn(apart) }),
    },
  );
  const wrappers = Object.entries(esm.metafile.outputs).flatMap(
    ([file, { entryPoint, exports }]) => {
      if (entryPoint === undefined) return [];
      const door = path.relative("dist/esm", file);
      const up = path.posix.relative(path.posix.dirname(door), ".") || ".";
      const code = `export { ${exports.join(", ")} } from "${up}/cjs/${door}";\n`;
      return [write(path.join(dist, door), code)];
    },
  );
  return [...written, ...commonJs, ...wrappers];
}

/** dist/client.js, and the same as CommonJS. An import of what is not in src/ fails: browsers have no packages. */
async function bundleClient() {
  const built = (/** @type {"esm" | "cjs"} */ format, /** @type {string} */ outdir) =>
    build({
      absWorkingDir: root,
      entryPoints: [path.join("src", clientDoor)],
      outdir,
      bundle: true,
      platform: "neutral",
      format,
      target: "es2022",
      sourcemap: true,
      metafile: true,
      logLevel: "warning",
    });
  const results = await Promise.all([built("esm", "dist"), built("cjs", "dist/cjs")]);
  return results.flatMap(({ metafile }) =>
    Object.keys(metafile.outputs).map((file) => path.join(root, file)),
  );
}

/**
 * Entry points with all that they share in one chunk.
 *
 * @param {readonly string[]} files - In src/.
 * @param {readonly import("esbuild").Plugin[]} [plugins]
 */
function bundleShared(files, plugins = []) {
  const options = optionsFor(files);
  return build({
    ...options,
    plugins: [...plugins, ...options.plugins],
    outdir: "dist/esm",
    inject: ["src/index.ts"],
    write: false,
  });
}

/**
 * @param {import("esbuild").BuildResult<{ metafile: true }>} result
 * @returns {(file: string) => readonly string[]} What an entry point in src/ exports.
 */
function exportsIn({ metafile }) {
  const outputs = Object.values(metafile.outputs);
  return (file) => outputs.find(({ entryPoint }) => entryPoint === `src/${file}`)?.exports ?? [];
}

/**
 * @param {string} file
 * @param {string | Uint8Array} contents
 */
function write(file, contents) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, contents);
  return file;
}

/**
 * @param {readonly string[]} files - In src/.
 * @param {import("esbuild").BuildOptions} [others]
 * @returns The files that were written.
 */
async function bundle(files, others = {}) {
  const { metafile } = await build({ ...optionsFor(files), ...others, metafile: true });
  return Object.keys(metafile.outputs).map((file) => path.join(root, file));
}

/**
 * @param {readonly string[]} files - In src/.
 */
function optionsFor(files) {
  return /** @type {const} @satisfies {import("esbuild").BuildOptions} */ ({
    absWorkingDir: root,
    entryPoints: files.map((file) => path.join("src", file)),
    outbase: "src",
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    packages: "external",
    plugins: [vendoredModules({ withPeers: files === commands || files === hostCommand })],
    format: "esm",
    platform: "node",
    target: "node20.11",
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
  });
}
