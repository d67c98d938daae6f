#!/usr/bin/env node
import { mkdirSync } from "node:fs";
import nodeModule from "node:module";
import { join } from "node:path";
import { cacheFolder } from "../base/user-folders.js";

/** Of Node 22.1 and later: what is imported from here on is compiled once, and not at each start. */
interface CompileCache {
  enableCompileCache?(folder: string): unknown;
}

const { enableCompileCache } = nodeModule as CompileCache;
const caches = cacheFolder();
if (enableCompileCache !== undefined && caches !== undefined) {
  // Node's own choice would be a folder that is everyone's, where another person could leave code for this one.
  const folder = join(caches, "compiled");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
  } catch {
    // Then all is compiled at each start.
  }
}
await import("./program.js");
