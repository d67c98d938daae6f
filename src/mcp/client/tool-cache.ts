import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { packageVersion } from "../../base/package-version.js";
import { type CachedServer, readCachedServer } from "./cached-server.js";
import type { McpServerConfig } from "./config.js";

/** Bytes of a file; what a server with more tools lists is not kept. */
const maxFileBytes = 1024 * 1024;
/** Files in the folder; the oldest is removed for one more. */
const maxFiles = 128;

/**
 * What servers listed when they last ran, in files that only their person can read: a file for each
 * configuration of a server, named by a hash of it, so that no secret of a configuration is written.
 */
export class ToolCache {
  readonly #folder: string;

  /** @param folder - Made when something is to be kept. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where there is no file, or one that is not as this version writes it for its person. */
  async read(config: McpServerConfig): Promise<CachedServer | undefined> {
    try {
      const text = await readOwnFile(this.#fileOf(config));
      return text === undefined ? undefined : readCachedServer(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /** Never rejects: a folder that cannot be written to costs the next start its time, and nothing else. */
  async write(config: McpServerConfig, server: CachedServer): Promise<void> {
    try {
      const text = JSON.stringify(server);
      if (Buffer.byteLength(text) > maxFileBytes) return;
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // Written beside and renamed, so that another process never reads half of it.
      const file = this.#fileOf(config);
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, text, { mode: 0o600, flag: "wx" });
      await rename(draft, file);
      await this.#removeOldest();
    } catch {
      // A cache is no part of what was asked for.
    }
  }

  #fileOf(config: McpServerConfig): string {
    const place = "url" in config ? "" : resolve(config.cwd ?? ".");
    const key = JSON.stringify([packageVersion(), place, config]);
    return join(this.#folder, `${createHash("sha256").update(key).digest("hex")}.json`);
  }

  async #removeOldest(): Promise<void> {
    const names = await readdir(this.#folder);
    if (names.length <= maxFiles) return;
    const files = await Promise.all(
      names.map(async (name) => {
        const file = join(this.#folder, name);
        return { file, writtenAt: (await stat(file)).mtimeMs };
      }),
    );
    files.sort((one, other) => one.writtenAt - other.writtenAt);
    const old = files.slice(0, files.length - maxFiles);
    await Promise.all(old.map(({ file }) => rm(file, { force: true })));
  }
}

/** The text of a file that only this process's user can have written, and that is not too long. */
async function readOwnFile(path: string): Promise<string | undefined> {
  // Without waiting for the other end of what is a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using file = await open(path, flags);
  const { mode, size, uid } = await file.stat();
  const isOwn = process.getuid === undefined || uid === process.getuid();
  const isOthers = (mode & 0o022) !== 0;
  if ((mode & constants.S_IFMT) !== constants.S_IFREG || !isOwn || isOthers) return undefined;
  if (size > maxFileBytes) return undefined;
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await file.read(bytes, 0, size, 0);
  return bytes.toString("utf8", 0, bytesRead);
}
