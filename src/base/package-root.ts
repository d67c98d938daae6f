import nodeModule from "node:module";
import { builtin } from "./builtin.js";
import { CodeModeError } from "./errors.js";
import { ownFile } from "./own-file.js";

/** Resolves modules as this package does. */
export const packageRequire: NodeJS.Require = nodeModule.createRequire(ownFile);

/** The folder of the package. */
export const packageRoot: string = findRoot();

function findRoot(): string {
  const { dirname } = builtin("node:path");
  const found = folderAbove();
  if (found !== undefined) return found;
  // The package is in a bundle of the user's. To ask by name takes two milliseconds.
  try {
    return dirname(bundleRequire().resolve("codecell/package.json"));
  } catch (thrown) {
    throw new CodeModeError(
      "ERR_PACKAGE_MISSING",
      `The bundle ${ownFile} has codecell's JavaScript in it, but codecell's native addon and the rest ` +
        "of its files are not in a node_modules folder beside or above it. Keep codecell out of the bundle, for " +
        "example with esbuild's `--external:codecell`, or copy node_modules/codecell to where the bundle is.",
      { cause: thrown },
    );
  }
}

/** The folder that this code's file is in, near or far, with our package.json. */
function folderAbove(): string | undefined {
  const { dirname, join } = builtin("node:path");
  let folder = dirname(ownFile);
  try {
    while (!isOurs(join(folder, "package.json"))) {
      if (dirname(folder) === folder) return undefined;
      folder = dirname(folder);
    }
    return folder;
  } catch (thrown) {
    // Deno lets a program read nothing unless it is told to. Then support() has to say what Deno lacks.
    if (process.versions["deno"] === undefined) throw thrown;
    return dirname(ownFile);
  }
}

/**
 * Next.js gives its bundles a name that is no file's, "/ROOT/…"; it runs in the project's folder. A bundle that is a
 * file never looks there: the folder in which a program is started may be a stranger's.
 */
function bundleRequire(): NodeJS.Require {
  const { existsSync } = builtin("node:fs");
  if (existsSync(ownFile)) return packageRequire;
  return nodeModule.createRequire(builtin("node:path").join(process.cwd(), "package.json"));
}

function isOurs(file: string): boolean {
  const { existsSync, readFileSync } = builtin("node:fs");
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "codecell";
}

/**
 * Flags with which a worker finds packages as this process does: Yarn's Plug'n'Play keeps them in archives
 * and tells Node of it.
 */
export function packageFlags(): string[] {
  return process.versions["pnp"] === undefined
    ? []
    : ["--require", packageRequire.resolve("pnpapi")];
}
