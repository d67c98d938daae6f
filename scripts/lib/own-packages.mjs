// Folders with packages of their own, which only one script needs.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { run } from "./command.mjs";

/**
 * Installs what a folder's package.json and lock name, where it is not there yet. No install script is
 * run.
 * @param {string} folder
 */
export function installPackages(folder) {
  if (isInstalled(folder)) return;
  // Not `npm ci`: it refuses a lock without the packages for other systems, of which not every
  // registry has all.
  run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit"], { cwd: folder });
}

/** @param {string} folder */
function isInstalled(folder) {
  const installed = path.join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const { "": _, ...wanted } = packagesOf(path.join(folder, "package-lock.json"));
  const found = packagesOf(installed);
  const versionOf = (packages, name) => packages[name]?.version;
  return Object.entries(wanted).every(
    // Those for other systems are not installed.
    ([name, { optional }]) => optional || versionOf(found, name) === versionOf(wanted, name),
  );
}
