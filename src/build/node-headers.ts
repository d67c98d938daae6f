import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { BuildError } from "./build-error.js";

/**
 * The folder whose include/node has the headers of this Node, if one is on this machine: the one that is asked for,
 * that npm is configured with, where Node is installed, or where node-gyp keeps them.
 *
 * @throws {BuildError} If the folder that is asked for has none for this Node.
 */
export function findHeaders(asked: string | undefined): string | undefined {
  const { modules, node } = process.versions;
  if (asked !== undefined) {
    const found = abiOf(asked);
    if (found === modules) return resolve(asked);
    throw new BuildError(
      `--nodedir ${asked} has headers for ${found === undefined ? "no Node" : `ABI ${found}`}; this is Node ${node} with ABI ${modules}. ` +
        "Give the folder whose include/node/node_version.h is of this Node.",
    );
  }
  const configured = process.env["npm_config_nodedir"];
  const places = [
    ...(configured ? [configured] : []),
    join(dirname(process.execPath), ".."),
    join(cacheFolder(), "node-gyp", node),
  ];
  return places.find((folder) => abiOf(folder) === modules);
}

function abiOf(folder: string): string | undefined {
  const header = join(folder, "include", "node", "node_version.h");
  if (!existsSync(header)) return undefined;
  return /#define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(header, "utf8"))?.[1];
}

function cacheFolder(): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
}
