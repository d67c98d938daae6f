import nodeModule from "node:module";
import { ownFile } from "./own-file.js";

/** Those of Node's own modules that are asked for this way. */
interface Builtins {
  readonly "node:async_hooks": typeof import("node:async_hooks");
  readonly "node:child_process": typeof import("node:child_process");
  readonly "node:buffer": typeof import("node:buffer");
  readonly "node:crypto": typeof import("node:crypto");
  readonly "node:fs": typeof import("node:fs");
  readonly "node:net": typeof import("node:net");
  readonly "node:os": typeof import("node:os");
  readonly "node:path": typeof import("node:path");
  readonly "node:util": typeof import("node:util");
  readonly "node:v8": typeof import("node:v8");
  readonly "node:vm": typeof import("node:vm");
  readonly "node:worker_threads": typeof import("node:worker_threads");
}

// As a named import it is replaced by webpack, which knows it.
const require = nodeModule.createRequire(ownFile);

/**
 * One of Node's own modules. An `import` of one takes up to two milliseconds of what it takes to load
 * this package, since all its exports are made an ES module's first; this takes a tenth of that.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return require(name) as Builtins[Name];
}
