import { cpSync, existsSync, mkdirSync } from "node:fs";
import nodeModule from "node:module";
import { dirname, join } from "node:path";
import { ownFile } from "../base/own-file.js";
import { packageRoot } from "../base/package-root.js";
import { packageVersion } from "../base/package-version.js";
import { BuildError } from "./build-error.js";
import { runProgram } from "./run-program.js";

const sourcePackage = "@codecell/source";

/**
 * Copies the addon's sources to a folder: from the package that has them where it is installed, else from the
 * registry, by npm.
 *
 * @returns Where they came from.
 */
export function copySource(into: string, onFetch: (spec: string) => void): string {
  const installed = installedSource();
  if (installed !== undefined) {
    cpSync(installed, into, { recursive: true });
    return installed;
  }
  const spec = `${sourcePackage}@${packageVersion()}`;
  onFetch(spec);
  const folder = join(into, "fetched");
  mkdirSync(folder, { recursive: true });
  try {
    const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder];
    runProgram("npm", ["install", ...flags, spec], { cwd: folder });
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new BuildError(
      `The addon's sources could not be fetched. Run \`npm install ${spec}\` where the registry can be reached, and then this again.\n${error.message}`,
    );
  }
  cpSync(join(folder, "node_modules", sourcePackage), into, { recursive: true });
  return spec;
}

function installedSource(): string | undefined {
  const places = [ownFile, join(packageRoot, "package.json"), join(process.cwd(), "package.json")];
  for (const place of places) {
    try {
      const file = nodeModule.createRequire(place).resolve(`${sourcePackage}/package.json`);
      const { version } = nodeModule.createRequire(file)(file) as { readonly version: string };
      if (version === packageVersion()) return dirname(file);
    } catch {
      // Not from here.
    }
  }
  return undefined;
}

/** Whether this is a checkout, whose own build is quicker the second time. */
export function isCheckout(): boolean {
  return existsSync(join(packageRoot, "native", "sources.txt"));
}
