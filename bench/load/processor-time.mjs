// What of the machine's processors each part of a load takes. Reads /proc: Linux only.
import { readFileSync } from "node:fs";
import { descendantsOf } from "../../scripts/lib/descendants.mjs";

/** Milliseconds of one tick of /proc: USER_HZ is 100 wherever Linux shows it to programs. */
const tickMs = 10;

/**
 * Milliseconds of processor time since the start.
 * @typedef {object} Times
 * @property {number} thread - The JavaScript threads of the servers.
 * @property {number} threads - All other threads of the servers: isolates, the store, V8's own.
 * @property {number} processes - What the servers have started: processes of cells.
 * @property {number} database
 * @property {number} client
 * @property {number} machine - Everything on the machine that was no idling.
 */

/**
 * @param {object} who
 * @param {readonly number[]} who.servers
 * @param {number | undefined} who.client - Undefined where it is the server too.
 * @returns {Times}
 */
export function readTimes({ servers, client }) {
  const own = servers.map((pid) => timesOf(`/proc/${pid}/stat`));
  const threads = servers.map((pid) => timesOf(`/proc/${pid}/task/${pid}/stat`));
  const thread = sum(threads.map((times) => times.own));
  const below = servers.flatMap((pid) => descendantsOf(pid));
  const databases = descendantsOf().filter((pid) => nameOf(pid) === "postgres");
  return {
    thread,
    threads: sum(own.map((times) => times.own)) - thread,
    processes: sum(own.map(({ gone }) => gone)) + withGone(below),
    database: withGone(databases),
    client: client === undefined ? 0 : timesOf(`/proc/${client}/stat`).own,
    machine: machineMs(),
  };
}

/**
 * @param {Times} from
 * @param {Times} to
 * @returns {Times}
 */
export function timesBetween(from, to) {
  const names = /** @type {(keyof Times)[]} */ (Object.keys(from));
  const pairs = names.map((name) => [name, Math.max(0, to[name] - from[name])]);
  return /** @type {Times} */ (Object.fromEntries(pairs));
}

/** @param {readonly number[]} pids - One that ends meanwhile is counted by who has started it. */
function withGone(pids) {
  return sum(pids.map((pid) => timesOf(`/proc/${pid}/stat`)).map(({ own, gone }) => own + gone));
}

/**
 * @param {string} file
 * @returns {{ own: number, gone: number }} `gone`: of its children that have ended.
 */
function timesOf(file) {
  try {
    const text = readFileSync(file, "latin1");
    // From the third field on: the second may contain blanks.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const [user = 0, system = 0, userGone = 0, systemGone = 0] = fields.slice(11, 15).map(Number);
    return { own: (user + system) * tickMs, gone: (userGone + systemGone) * tickMs };
  } catch {
    return { own: 0, gone: 0 };
  }
}

/** @param {number} pid */
function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").trim();
  } catch {
    return "";
  }
}

function machineMs() {
  const [line = ""] = readFileSync("/proc/stat", "latin1").split("\n", 1);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * tickMs;
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
