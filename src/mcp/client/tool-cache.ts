import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { packageVersion } from "../../base/package-version.js";
import { PrivateFiles } from "../../base/private-files.js";
import { type CachedServer, readCachedServer } from "./cached-server.js";
import type { McpServerConfig } from "./config.js";

/**
 * What servers listed when they last ran, in files that only their person can read: a file for each
 * configuration of a server, named by a hash of it, so that no secret of a configuration is written.
 */
export class ToolCache {
  readonly #files: PrivateFiles;
  readonly #writing = new Set<Promise<void>>();

  /** @param folder - Made when something is to be kept. */
  constructor(folder: string) {
    this.#files = new PrivateFiles(folder);
  }

  /** Undefined where there is no file, or one that is not as this version writes it for its person. */
  read(config: McpServerConfig): CachedServer | undefined {
    const text = this.#files.read(fileOf(config));
    if (text === undefined) return undefined;
    try {
      return readCachedServer(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /** Never rejects. */
  async write(config: McpServerConfig, server: CachedServer): Promise<void> {
    const writing = this.#files.write(fileOf(config), JSON.stringify(server));
    this.#writing.add(writing);
    await writing;
    this.#writing.delete(writing);
  }

  /** The file of a server and what is in it, when all that is being written is; undefined where there is none. */
  async contentOf(config: McpServerConfig): Promise<CachedFile | undefined> {
    await Promise.all(this.#writing);
    const name = fileOf(config);
    const text = this.#files.read(name);
    return text === undefined ? undefined : { name, text };
  }
}

/** A file of the cache. */
export interface CachedFile {
  readonly name: string;
  readonly text: string;
}

function fileOf(config: McpServerConfig): string {
  const place = "url" in config ? "" : resolve(config.cwd ?? ".");
  const key = JSON.stringify([packageVersion(), place, config]);
  return `${createHash("sha256").update(key).digest("hex")}.json`;
}
