#!/usr/bin/env node
import { mkdirSync, readFileSync } from "node:fs";
import nodeModule from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../base/user-folders.js";
import type { GatewayStart } from "./gateway/first/gateway-start.js";

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

const [, , command] = process.argv;
if (command === "host") {
  const { runHost } = await import("./host/program.js");
  await runHost();
} else {
  // A client of `codecell mcp` waits for its first answers, and the command takes time to load.
  const start = command === "mcp" ? await startGateway() : undefined;
  await start?.first?.idle;
  const { runProgram } = await import("./program.js");
  await runProgram(start);
}

async function startGateway(): Promise<GatewayStart> {
  const gateway = await import("./gateway/first/gateway-start.js");
  // This file names those that it loads by a hash of what is in them, so it is another for each build.
  return gateway.startGateway(readFileSync(fileURLToPath(import.meta.url), "utf8"));
}
