import { createRequire } from "node:module";
import { dirname } from "node:path";

/** Resolves modules as this package does. */
export const packageRequire: NodeJS.Require = createRequire(import.meta.url);

/** The folder of the package. It asks for itself by name, wherever in it this code has been put. */
export const packageRoot: string = dirname(packageRequire.resolve("codecell/package.json"));
