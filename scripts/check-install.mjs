// Packs codecell, installs it in folders of their own from a registry on this machine, and loads it there in each way
// that people do: test/install/loaders has a file for each.
//
//   node scripts/check-install.mjs [--sample] [NAME...]     --sample: what needs no packages and is quick
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Scratch } from "../test/install/scratch.mjs";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { installFrom, startRegistry } from "./lib/local-registry.mjs";
import { installPackages } from "./lib/own-packages.mjs";
import { packAll } from "./lib/packages.mjs";
import { ownPlatform } from "./lib/platforms.mjs";

const folder = path.join(root, "test", "install");
const { values, positionals } = parseArgs({
  options: { sample: { type: "boolean", default: false } },
  allowPositionals: true,
});

await main(async () => {
  const loaders = await chosenLoaders();
  if (loaders.some(({ needsPackages }) => needsPackages)) installPackages(folder);
  const tarballs = mkdtempSync(path.join(tmpdir(), "codecell-tarballs-"));
  const packed = mkdtempSync(path.join(tmpdir(), "codecell-packed-"));
  const failed = [];
  requireOwnAddon();
  packAll(tarballs);
  const registry = await startRegistry(tarballs);
  try {
    // The parts that not everyone needs are there too: loaders/light.mjs goes without.
    writeFileSync(path.join(packed, "package.json"), '{ "name": "consumer", "private": true }');
    installFrom(registry.url, packed, ["codecell", "@codecell/mcp", "@swc/wasm-typescript"]);
    for (const { name, check } of loaders) {
      const startedAt = performance.now();
      const scratch = new Scratch({ tarballs, registry: registry.url, installed: packed });
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
    await registry.close();
    for (const made of [tarballs, packed]) rmSync(made, { recursive: true, force: true });
  }
  if (failed.length > 0) throw new ScriptFailure(`codecell cannot be loaded: ${failed.join(", ")}`);
});

/**
 * @typedef {object} Loader
 * @property {string} name
 * @property {boolean} [needsPackages] - Of test/install.
 * @property {boolean} [isLong] - Compiles, or installs what is large.
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
  // What takes minutes comes last.
  return loaders
    .filter(({ needsPackages, isLong }) => !(values.sample && (needsPackages || isLong)))
    .sort((one, other) => Number(one.isLong ?? false) - Number(other.isLong ?? false));
}

/** Packing with the addon of another Node only would show nothing here. */
function requireOwnAddon() {
  const name = `codecell.abi${process.versions.modules}.node`;
  if (existsSync(path.join(root, "prebuilds", ownPlatform(), name))) return;
  throw new ScriptFailure("there is no prebuilt addon: run `npm run build:prebuilds` first");
}
