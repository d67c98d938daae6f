// A memory cgroup for the processes of an attack, as a container gives its programs: what is more than
// the limit is killed by the kernel. Needs Linux and the right to make cgroups, which root has.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

const root = "/sys/fs/cgroup";
let made = 0;

/** A cgroup of its own for one process and what it starts. */
export class Container {
  #folder;

  /**
   * @param {number} memoryMiB - With swap, if there is any.
   * @throws {Error} If this machine lets nobody make one.
   */
  constructor(memoryMiB) {
    made += 1;
    const isUnified = existsSync(path.join(root, "cgroup.controllers"));
    const parent = isUnified ? root : path.join(root, "memory");
    this.#folder = path.join(parent, `codecell-hostile-${process.pid}-${made}`);
    const bytes = String(memoryMiB * 1024 * 1024);
    try {
      if (isUnified) appendFileSync(path.join(root, "cgroup.subtree_control"), "+memory");
      mkdirSync(this.#folder);
      if (isUnified) {
        this.#write("memory.max", bytes);
        this.#writeIfThere("memory.swap.max", "0");
      } else {
        this.#write("memory.limit_in_bytes", bytes);
        this.#writeIfThere("memory.memsw.limit_in_bytes", bytes);
      }
    } catch (error) {
      throw new Error(
        "--memory needs a memory cgroup, and none could be made here: run it as root, with cgroups that can be written.",
        { cause: error },
      );
    }
  }

  /**
   * The command that starts another one inside.
   *
   * @param {string} command
   * @param {readonly string[]} args
   * @returns {[string, readonly string[]]}
   */
  inside(command, args) {
    const procs = path.join(this.#folder, "cgroup.procs");
    return ["sh", ["-c", 'echo $$ > "$0" && exec "$@"', procs, command, ...args]];
  }

  /** How often the limit has had a process killed. */
  get kills() {
    const [file, key] = existsSync(path.join(this.#folder, "memory.events"))
      ? ["memory.events", "oom_kill"]
      : ["memory.oom_control", "oom_kill"];
    const text = readFileSync(path.join(this.#folder, file), "utf8");
    return Number(new RegExp(`^${key} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  }

  /** Removes it; every process in it must have ended. */
  remove() {
    rmdirSync(this.#folder);
  }

  /** @param {string} file @param {string} value */
  #write(file, value) {
    writeFileSync(path.join(this.#folder, file), value);
  }

  /** @param {string} file @param {string} value */
  #writeIfThere(file, value) {
    if (existsSync(path.join(this.#folder, file))) this.#write(file, value);
  }
}
