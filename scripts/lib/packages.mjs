// The packages that the repository is published as. The checkout itself has all parts in one folder and needs none
// of them; what each package says of the others is written when it is packed, so that `npm ci` in a checkout does not
// ask for packages that are not published yet.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { transformSync } from "esbuild";
import { npmPack, root, ScriptFailure } from "./command.mjs";
import { supportedMajors } from "./node-cache.mjs";
import { platforms } from "./platforms.mjs";
import { builtMajors } from "./prebuilt.mjs";
import { copyParts, rewriteScripts, withImports, writeManifest } from "./staged-files.mjs";
import { noticesOf } from "./vendor.mjs";

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const { version, license, engines } = manifest;
const common = { version, license, engines };
const swc = "@swc/wasm-typescript";

/**
 * @typedef {object} Packed
 * @property {string} name
 * @property {string} tarball - Its path.
 * @property {number} size - Bytes of the tarball.
 * @property {number} unpackedSize - Bytes of its files.
 * @property {readonly { path: string, size: number }[]} files
 */

/** @type {Readonly<Record<string, (folder: string) => void>>} */
const stages = {
  codecell: stageCore,
  "@codecell/mcp": stageMcp,
  "@codecell/cli": stageCli,
  "@codecell/source": stageSource,
};

/**
 * Packs all packages that this machine has the files for.
 * @param {string} out - Where the tarballs are left.
 * @returns {Packed[]}
 */
export function packAll(out) {
  if (!existsSync(path.join(root, "dist", "index.js"))) {
    throw new ScriptFailure("there is no dist/: run `npm run build:prebuilds` first");
  }
  if (builtPlatforms().length === 0) {
    throw new ScriptFailure("there are no prebuilt addons: run `npm run build:prebuilds` first");
  }
  mkdirSync(out, { recursive: true });
  const scratch = mkdtempSync(path.join(tmpdir(), "codecell-stage-"));
  try {
    const all = [
      ...Object.entries(stages),
      ...builtPlatforms().map((platform) => {
        const stage = (/** @type {string} */ folder) => stagePlatform(folder, platform);
        return /** @type {const} */ ([`@codecell/${platform.name}`, stage]);
      }),
    ];
    return all.map(([name, stage]) => {
      const folder = path.join(scratch, name.replace("/", "+"));
      mkdirSync(folder);
      stage(folder);
      return pack(folder, out);
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The platforms whose addons are in prebuilds/, for one Node or more. */
export function builtPlatforms() {
  return platforms.filter(({ name }) => builtMajors(name).length > 0);
}

/** What a release would need besides: "darwin-x64", "linux-arm64-gnu for Node 20, 22, 26". */
export function missingPlatforms() {
  return platforms.flatMap(({ name }) => {
    const built = builtMajors(name);
    const missing = supportedMajors.filter((major) => !built.includes(major));
    if (missing.length === 0) return [];
    return built.length === 0 ? [name] : [`${name} for Node ${missing.join(", ")}`];
  });
}

/**
 * @param {string} folder
 * @param {string} out
 * @returns {Packed}
 */
function pack(folder, out) {
  const made = npmPack(["--ignore-scripts"], out, { cwd: folder });
  if (made === undefined) throw new ScriptFailure(`npm pack packed nothing of ${folder}`);
  const { name, size, unpackedSize, files } = made;
  // A folder of one file for each package, whichever way npm writes its name.
  const tarball = path.join(out, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
  if (!existsSync(tarball)) throw new ScriptFailure(`npm pack made no ${tarball}`);
  return { name, tarball, size, unpackedSize, files };
}

/** The library: what every install has. */
function stageCore(/** @type {string} */ folder) {
  // Of the notices it needs a part only; templates are what other documents are made of; charts are large, and seen
  // in the repository.
  const isOwn = (/** @type {string} */ file) =>
    !/THIRD-PARTY-NOTICES\.txt$|\.template\.md$|\.svg$/.test(file);
  const doors = readdirSync(path.join(root, "dist")).filter((name) => /\.(js|d\.ts)$/.test(name));
  const vendored = ["ajv.cjs", "minisearch.cjs", "package.json"];
  copyParts(
    folder,
    [
      ...doors.map((name) => `dist/${name}`),
      ...["cjs", "esm", "web", "bin"].map((name) => `dist/${name}`),
      ...vendored.map((name) => `dist/vendor/${name}`),
      // What runs in processes of cells.
      ...withImports(["dist/backend/child/main.js", "dist/sqlite/worker.js"]),
      "docs",
      "examples",
      ...[
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "SECURITY.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
      ],
    ],
    isOwn,
  );
  // Of a checkout the client is a part; here it is a package that may be there or not.
  rewriteScripts(path.join(folder, "dist"), (code) =>
    code.replaceAll(/"(?:\.\.\/)+vendor\/(mcp-[\w-]+\.js)"/g, '"@codecell/mcp/$1"'),
  );
  rewriteScripts(path.join(folder, "dist"), (code, name) =>
    // These are as small as they get.
    /^(vendor|web)\b/.test(name) ? code : withoutSpace(code),
  );
  writeFileSync(
    path.join(folder, "THIRD-PARTY-NOTICES.txt"),
    noticesOf(["ajv.cjs", "minisearch.cjs", "dist/web"]),
  );
  const { scripts: _, devDependencies: __, files: ___, ...published } = manifest;
  writeManifest(folder, {
    ...published,
    imports: { "#vendor/*": "@codecell/mcp/*" },
    peerDependencies: { "@codecell/mcp": version, ...published.peerDependencies },
    peerDependenciesMeta: {
      "@codecell/mcp": { optional: true },
      ...published.peerDependenciesMeta,
    },
    optionalDependencies: Object.fromEntries(
      builtPlatforms().map(({ name }) => [`@codecell/${name}`, version]),
    ),
    // Its addon reads dist/web itself, which it cannot in the archives of Yarn's Plug'n'Play.
    preferUnplugged: true,
  });
}

/** What esbuild writes before the names that Node finds in a file of CommonJS. */
const annotation = "// Annotate the CommonJS export names for ESM import in node:\n";

/**
 * Without comments and space, in lines that a stack trace can show. Names stay as they are.
 * @param {string} code
 */
function withoutSpace(code) {
  const [body = "", names = ""] = code.split(annotation);
  const options = {
    ...{ minifyWhitespace: true, minifySyntax: true, lineLimit: 160 },
    target: "node20.11",
  };
  // The names are in code that is never run, which esbuild would leave out.
  return transformSync(body, options).code + names.replaceAll(/\s+(?!\n?$)/g, " ");
}

/** The official MCP client, and the server for the commands. */
function stageMcp(/** @type {string} */ folder) {
  const doors = readdirSync(path.join(root, "dist/vendor")).filter((name) =>
    name.startsWith("mcp-"),
  );
  flatVendored(folder, doors);
  writeManifest(folder, {
    name: "@codecell/mcp",
    ...common,
    description:
      "The official MCP client as codecell uses it: install it for connectMcpServers of codecell/mcp.",
    type: "commonjs",
    sideEffects: false,
  });
  describe(folder, "@codecell/mcp", [
    "holds the official MCP client, bundled with what it needs. `connectMcpServers` of `codecell/mcp` uses it:",
    "`npm install codecell @codecell/mcp`.",
  ]);
}

/** The command, and what it runs in processes of their own. */
const commandFiles = [
  "dist/cli/main.js",
  "dist/cli/host/program.js",
  "dist/cli/doctor/trial.js",
  "dist/cli/journal/inspected-cell.js",
];

/** The commands. */
function stageCli(/** @type {string} */ folder) {
  copyParts(folder, [...withImports(commandFiles), "dist/page", "proto"]);
  rewriteScripts(path.join(folder, "dist"), (code) => code);
  const vendored = ["acorn.js", "commander.js", "grpc.cjs", "jose.js"];
  flatVendored(path.join(folder, "dist", "vendor"), vendored, ["dist/page"]);
  writeFileSync(path.join(folder, "dist", "vendor", "package.json"), '{ "type": "commonjs" }\n');
  writeManifest(folder, {
    name: "@codecell/cli",
    ...common,
    description:
      "The commands of codecell: run, repl, mcp, host, replay, tools, login, doctor, build.",
    type: "module",
    bin: { codecell: "dist/cli/main.js" },
    imports: {
      "#vendor/acorn.js": "./dist/vendor/acorn.js",
      "#vendor/commander.js": "./dist/vendor/commander.js",
      "#vendor/jose.js": "./dist/vendor/jose.js",
      "#vendor/*": "@codecell/mcp/*",
    },
    dependencies: {
      "@codecell/mcp": version,
      [swc]: manifest.peerDependencies[swc],
      codecell: version,
    },
  });
  describe(folder, "@codecell/cli", [
    "has the commands of `codecell`: `npx @codecell/cli run program.js --config mcp.json`.",
    "`node_modules/codecell/docs/cli.md` describes them all.",
  ]);
}

/** What `codecell build` compiles. */
function stageSource(/** @type {string} */ folder) {
  copyParts(
    folder,
    ["native", "CMakeLists.txt", "LICENSE"],
    (file) => !/native\/build\b/.test(file),
  );
  const headers = path.join(root, "node_modules", "node-addon-api");
  for (const name of ["napi.h", "napi-inl.h", "napi-inl.deprecated.h", "LICENSE.md"]) {
    cpSync(path.join(headers, name), path.join(folder, "node-addon-api", name));
  }
  writeManifest(folder, {
    name: "@codecell/source",
    ...common,
    license: `${license} AND MIT`,
    description: "The C++ of codecell's native addon, which `npx codecell build` compiles.",
    // Nothing is compiled at install.
    gypfile: false,
  });
  describe(folder, "@codecell/source", [
    "has the C++ of codecell's native addon, and the headers of node-addon-api (MIT). Nothing is compiled when it is",
    "installed: `npx codecell build` does that where there is no prebuilt addon.",
  ]);
}

/**
 * The addons for one platform, a file for each ABI.
 * @param {string} folder
 * @param {import("./platforms.mjs").Platform} platform
 */
function stagePlatform(folder, { name, os, cpu, libc }) {
  const from = path.join(root, "prebuilds", name);
  for (const file of readdirSync(from).filter((file) => /\.node$|^needs\.json$/.test(file))) {
    cpSync(path.join(from, file), path.join(folder, file));
  }
  writeManifest(folder, {
    name: `@codecell/${name}`,
    ...common,
    license: `${license} AND MIT`,
    description: `The native addon of codecell for ${name}, a file for each supported Node.`,
    os,
    cpu,
    ...(libc !== undefined && { libc }),
    preferUnplugged: true,
  });
  cpSync(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
  const napi = readFileSync(path.join(root, "node_modules/node-addon-api/LICENSE.md"), "utf8");
  writeFileSync(
    path.join(folder, "THIRD-PARTY-NOTICES.txt"),
    `The addons hold code of node-addon-api.\n\n${napi}`,
  );
  describe(folder, `@codecell/${name}`, [
    `has the native addon of codecell for ${name}. npm installs it with codecell where it fits.`,
  ]);
}

/**
 * Files of dist/vendor with what they import, in one folder, and their licences.
 * @param {string} folder
 * @param {readonly string[]} names
 * @param {readonly string[]} [others] - What else has licences, as `noticesOf` names it.
 */
function flatVendored(folder, names, others = []) {
  const files = withImports(names.map((name) => `dist/vendor/${name}`));
  for (const file of files) cpSync(path.join(root, file), path.join(folder, path.basename(file)));
  const vendored = files.map((file) => path.basename(file));
  writeFileSync(path.join(folder, "THIRD-PARTY-NOTICES.txt"), noticesOf([...vendored, ...others]));
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {readonly string[]} lines
 */
function describe(folder, name, lines) {
  writeFileSync(
    path.join(folder, "README.md"),
    `# ${name}\n\nA part of codecell. It ${lines.join("\n")}\n`,
  );
  cpSync(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
}
