// Everything of a release but the publishing: builds, tests, packs all packages, checks them, and prints a table of
// what would be published. Leaves the tarballs and the bill of materials in a folder.
//
//   node scripts/release-dry.mjs [--out DIR] [--no-build] [--no-test] [--no-check]
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { capture, main, root, run } from "./lib/command.mjs";
import { kilobytes } from "./lib/kilobytes.mjs";
import { installFrom, startRegistry } from "./lib/local-registry.mjs";
import { newestSymbols } from "./lib/needed-symbols.mjs";
import { builtPlatforms, missingPlatforms, packAll } from "./lib/packages.mjs";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: path.join(root, "build", "release") },
    "no-build": { type: "boolean", default: false },
    "no-test": { type: "boolean", default: false },
    "no-check": { type: "boolean", default: false },
  },
});

await main(async () => {
  const npmRun = (/** @type {string[]} */ ...args) => run("npm", ["run", "--silent", ...args]);
  if (!values["no-build"]) npmRun("build:prebuilds");
  if (!values["no-test"]) npmRun("test");
  if (!values["no-check"]) {
    // They build nothing, since that is done.
    run(process.execPath, ["scripts/check-platforms.mjs", "symbols"]);
    run(process.execPath, ["scripts/check-package.mjs"]);
    run(process.execPath, ["scripts/check-clean-install.mjs"]);
    run(process.execPath, ["scripts/check-install.mjs"]);
  }
  const out = path.resolve(values.out);
  removeEarlier(out);
  const packed = packAll(out);
  console.log(
    "\n| package | version | licence | files | size | packed |\n|---|---|---|---|---|---|",
  );
  for (const { name, tarball, size, unpackedSize, files } of packed) {
    const manifest = JSON.parse(capture("tar", ["-xzOf", tarball, "package/package.json"]));
    const cells = [
      name,
      manifest.version,
      manifest.license,
      files.length,
      kilobytes(unpackedSize),
      kilobytes(size),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
  printAddons();
  const sbom = await billOfMaterials(out);
  console.log(`\nbill of materials (CycloneDX): ${sbom}`);
  const missing = missingPlatforms();
  if (missing.length > 0) {
    console.log(`not built on this machine: ${missing.join("; ")}. A release needs them all.`);
  }
  console.log("Nothing was published.");
});

/**
 * What an earlier run has left. The registry on this machine serves every tarball of the folder.
 * @param {string} out
 */
function removeEarlier(out) {
  if (!existsSync(out)) return;
  for (const name of readdirSync(out).filter((file) => /^installed$|\.tgz$/.test(file)))
    rmSync(path.join(out, name), { recursive: true });
}

function printAddons() {
  console.log("\n| addon | ABI | size | needs |\n|---|---|---|---|");
  for (const { name } of builtPlatforms()) {
    const folder = path.join(root, "prebuilds", name);
    for (const file of readdirSync(folder)
      .filter((entry) => entry.endsWith(".node"))
      .sort()) {
      const addon = path.join(folder, file);
      const needs = Object.entries(newestSymbols(addon)).map((need) => need.join(" "));
      const abi = /abi(\d+)/.exec(file)?.[1] ?? "";
      console.log(
        `| ${name} | ${abi} | ${kilobytes(statSync(addon).size)} | ${needs.join(", ")} |`,
      );
    }
  }
}

/**
 * What an install of all parts has, as npm tells it, and the packages whose code is bundled into ours.
 * @param {string} out
 */
async function billOfMaterials(out) {
  const folder = path.join(out, "installed");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "package.json"),
    '{ "name": "codecell-release", "version": "0.0.0", "private": true }',
  );
  const registry = await startRegistry(out);
  try {
    installFrom(registry.url, folder, ["codecell", "@codecell/cli", "@codecell/source"]);
  } finally {
    await registry.close();
  }
  const sbom = JSON.parse(capture("npm", ["sbom", "--sbom-format", "cyclonedx"], { cwd: folder }));
  sbom.components.push(...bundledComponents());
  const file = path.join(out, "sbom.cdx.json");
  writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
  console.log(
    `\n${sbom.components.length} components: ${sbom.components.map(({ name, version }) => `${name} ${version}`).join(", ")}`,
  );
  return file;
}

function bundledComponents() {
  const noted = JSON.parse(readFileSync(path.join(root, "dist/vendor/inputs.json"), "utf8"));
  return noted.all.map((/** @type {string} */ folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(root, folder, "package.json"), "utf8"),
    );
    return {
      type: "library",
      name,
      version,
      scope: "required",
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      licenses: [{ license: { id: license } }],
      properties: [{ name: "cdx:npm:package:bundled", value: "true" }],
    };
  });
}
