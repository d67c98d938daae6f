// Whether dist/ is what a build would make of the sources as they are: many checks begin with a build, of which
// there is mostly nothing left to do.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What dist/ is made of and by; the file of npm says which packages are installed. */
const inputs = ["src", "web", "page", "scripts", "binding.d.ts", "node_modules/.package-lock.json"];
const configurations = /^(package|tsconfig.*)\.json$/;
const outputs = ["dist"];
const stampFile = "build/dist.stamp";

export class BuildStamp {
  #root;
  #before;

  /** @param {string} root - The folder of the repository, whose sources are read now. */
  constructor(root) {
    this.#root = root;
    const configured = readdirSync(root).filter((name) => configurations.test(name));
    this.#before = hashOf(root, [...inputs, ...configured]);
  }

  /** Whether the last build was of the same, and nothing has touched what it made. */
  get isCurrent() {
    const file = path.join(this.#root, stampFile);
    return existsSync(file) && readFileSync(file, "utf8") === this.#text();
  }

  /** Notes that dist/ has been built of what was there when this was made. */
  write() {
    const file = path.join(this.#root, stampFile);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, this.#text());
  }

  #text() {
    return `${this.#before}\n${hashOf(this.#root, outputs)}\n`;
  }
}

/**
 * Of the names and the contents of files.
 * @param {string} root
 * @param {readonly string[]} places - Files and folders in it; those that are not there count as such.
 */
function hashOf(root, places) {
  const hash = createHash("sha256");
  for (const file of places.flatMap((place) => filesOf(root, place)).sort()) {
    const contents = readFileSync(path.join(root, file));
    hash.update(`${file}\0${contents.length}\0`).update(contents);
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} place
 * @returns {string[]}
 */
function filesOf(root, place) {
  const at = path.join(root, place);
  if (!existsSync(at)) return [];
  if (statSync(at).isFile()) return [place];
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}
