import { randomUUID } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of a file; a longer text is not kept. */
const maxBytes = 1024 * 1024;
/** Files in the folder; the oldest is removed for one more. */
const maxFiles = 128;

/** A folder of a cache, with files that only their person can read and write. */
export class PrivateFiles {
  readonly #folder: string;

  /** @param folder - Made when something is to be kept. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where there is no file of this name, or one that others can have written. */
  read(name: string): string | undefined {
    try {
      return readPrivateFile(join(this.#folder, name));
    } catch {
      return undefined;
    }
  }

  /** Never rejects: a folder that cannot be written to costs the next start its time, and nothing else. */
  async write(name: string, text: string): Promise<void> {
    try {
      if (Buffer.byteLength(text) > maxBytes) return;
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      // Written beside and renamed, so that another process never reads half of it.
      const file = join(this.#folder, name);
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, text, { mode: 0o600, flag: "wx" });
      await rename(draft, file);
      await this.#removeOldest();
    } catch {
      // A cache is no part of what was asked for.
    }
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
function readPrivateFile(path: string): string | undefined {
  // Without waiting for the other end of what is a pipe.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = openSync(path, flags);
  try {
    const { mode, size, uid } = fstatSync(file);
    const isOwn = process.getuid === undefined || uid === process.getuid();
    const isOthers = (mode & 0o022) !== 0;
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || !isOwn || isOthers) return undefined;
    if (size > maxBytes) return undefined;
    const bytes = Buffer.alloc(size);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, size, 0));
  } finally {
    closeSync(file);
  }
}
