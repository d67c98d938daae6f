import { builtin } from "../base/builtin.js";
import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";

/** As many as Linux follows. */
const maxLinks = 40;

/**
 * The path of a file without symbolic links, so that a file has one lock whatever it is called.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE if it cannot be a file, or has a second name that hides the lock.
 */
export function placeOf(name: string): string {
  const fs = builtin("node:fs");
  const path = builtin("node:path");
  let file = name;
  try {
    // The target of a link need not be there yet.
    for (let links = 0; links < maxLinks && isLink(file); links += 1) {
      file = path.resolve(path.dirname(file), fs.readlinkSync(file));
    }
    file = path.join(fs.realpathSync(path.dirname(file)), path.basename(file));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const folder = path.dirname(file);
    if (code === "ENOENT") throw unavailable(name, `there is no folder ${folder}; make it first`);
    if (code === "ENOTDIR") throw unavailable(name, `${folder} is no folder`);
    throw unavailable(name, describeThrown(thrown), thrown);
  }
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return file;
  if (found.isSymbolicLink()) throw unavailable(name, "its symbolic links lead nowhere");
  if (found.isDirectory()) throw unavailable(name, "it is a folder; name a file in it");
  if (!found.isFile()) throw unavailable(name, "it is no ordinary file");
  // SQLite keeps what it writes beside the name by which it has opened the file.
  if (found.nlink > 1) {
    throw unavailable(
      name,
      "it has more than one name (hard links); remove the others, or copy it",
    );
  }
  return file;
}

function isLink(file: string): boolean {
  const fs = builtin("node:fs");
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/**
 * Makes the file of a store, where there is none, so that only its owner can read it: it has the inputs and
 * the results of all calls. What SQLite and the lock have beside it is for those who can read the file.
 *
 * @throws {CodeModeError} ERR_STORE_UNAVAILABLE.
 */
export function makePrivate(file: string): void {
  const fs = builtin("node:fs");
  for (const name of [file, `${file}-owner`]) {
    const mode = fs.statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600;
    try {
      fs.closeSync(fs.openSync(name, "ax", mode & 0o666));
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code !== "EEXIST") throw unavailable(file, describeThrown(thrown), thrown);
    }
  }
}

export function unavailable(file: string, why: string, cause?: unknown): CodeModeError {
  return new CodeModeError(
    "ERR_STORE_UNAVAILABLE",
    `The store ${file} cannot be used: ${why.replace(/\.$/, "")}.`,
    cause === undefined ? {} : { cause },
  );
}
