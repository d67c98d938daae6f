// Packs codecell, installs the tarball in folders of their own, and loads it there in each way that people do:
// test/install/loaders has a file for each.
//
//   node scripts/check-install.mjs [--sample] [NAME...]     --sample: what needs no packages
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Scratch } from "../test/install/scratch.mjs";
import { main, root, run, ScriptFailure } from "./lib/command.mjs";
import { installPackages } from "./lib/own-packages.mjs";

const folder = path.join(root, "test", "install");
const { values, positionals } = parseArgs({
  options: { sample: { type: "boolean", default: false } },
  allowPositionals: true,
});

await main(async () => {
  const loaders = await chosenLoaders();
  if (loaders.some(({ needsPackages }) => needsPackages)) installPackages(folder);
  const packed = mkdtempSync(path.join(tmpdir(), "codecell-packed-"));
  const failed = [];
  try {
    const tarball = pack(packed);
    for (const { name, check } of loaders) {
      const startedAt = performance.now();
      const scratch = new Scratch({ tarball, installed: packed });
      try {
        await check(scratch, { isSample: values.sample });
        console.log(`ok      ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
      } catch (error) {
        failed.push(name);
        console.log(`not ok  ${name}: ${error instanceof ScriptFailure ? error.message : error}`);
      } finally {
        scratch.remove();
      }
    }
  } finally {
    rmSync(packed, { recursive: true, force: true });
  }
  if (failed.length > 0) throw new ScriptFailure(`codecell cannot be loaded: ${failed.join(", ")}`);
});

/**
 * @typedef {object} Loader
 * @property {string} name
 * @property {boolean} [needsPackages] - Of test/install.
 * @property {(scratch: Scratch, options: { isSample: boolean }) => void | Promise<void>} check
 */

/** @returns {Promise<Loader[]>} */
async function chosenLoaders() {
  const names = readdirSync(path.join(folder, "loaders")).map((file) => path.parse(file).name);
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new ScriptFailure(
      `no loader is called ${unknown.join(", ")}: there are ${names.join(", ")}`,
    );
  }
  const wanted = positionals.length === 0 ? names : positionals;
  const loaders = await Promise.all(
    wanted.map(async (name) => {
      const file = path.join(folder, "loaders", `${name}.mjs`);
      return { name, ...(await import(pathToFileURL(file).href)) };
    }),
  );
  return loaders.filter(({ needsPackages }) => !(values.sample && needsPackages));
}

/**
 * Packs the package with the addon of this Node at least, and installs it.
 * @param {string} into
 */
function pack(into) {
  const { platform, arch, versions } = process;
  const prebuilt = path.join(
    root,
    "prebuilds",
    `${platform}-${arch}`,
    `codecell.abi${versions.modules}.node`,
  );
  if (!existsSync(prebuilt)) {
    throw new ScriptFailure("there is no prebuilt addon: run `npm run build:prebuilds` first");
  }
  run("npm", ["pack", "--silent", "--pack-destination", into], { quiet: true });
  const tarball = readdirSync(into).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new ScriptFailure("npm pack made no tarball");
  writeFileSync(path.join(into, "package.json"), '{ "name": "consumer", "private": true }');
  // As where install scripts are off.
  run("npm", ["install", "--silent", "--ignore-scripts", "--no-audit", `./${tarball}`], {
    cwd: into,
    quiet: true,
  });
  return path.join(into, tarball);
}
