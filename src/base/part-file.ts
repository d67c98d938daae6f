import { builtin } from "./builtin.js";
import { ownFile } from "./own-file.js";
import { packageRoot } from "./package-root.js";

/**
 * A file of this package, or of the package that this code has been published in, as the commands are: what only they
 * need lies there. Where neither has it, it is the one of this package.
 *
 * @param path - From the package's folder: "dist/vendor/ajv.cjs".
 */
export function partFile(path: string): string {
  const { existsSync } = builtin("node:fs");
  const { dirname, join } = builtin("node:path");
  const expected = join(packageRoot, path);
  if (existsSync(expected)) return expected;
  let folder = dirname(ownFile);
  while (!existsSync(join(folder, path)) && dirname(folder) !== folder) folder = dirname(folder);
  return existsSync(join(folder, path)) ? join(folder, path) : expected;
}
