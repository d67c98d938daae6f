// The rooms of src/ as the table of scores has them, and what is wanted of each.
import { roomTrees } from "../../scripts/lib/rooms.mjs";

const folders = (roomTrees.find(({ folder }) => folder === "src")?.rooms ?? [])
  .map(({ path }) => path)
  .filter((path) => path.endsWith("/"))
  .map((path) => path.slice(0, -1));

/** From bottom to top; the command line in parts. */
export const rooms = [
  ...folders.filter((room) => room !== "cli"),
  "cli/gateway",
  "cli/repl",
  "cli",
];

/** Parts before the whole that they are parts of. */
const bySize = [...rooms].sort((a, b) => b.length - a.length);

/**
 * The room of a file; the doors have none, and no code.
 * @param {string} path - In src/.
 */
export function roomOf(path) {
  return bySize.find((room) => path.startsWith(`${room}/`));
}

const strict = ["cell", "session", "bounds", "calls", "options"];

/**
 * How many of a room's mutants tests should notice, in percent.
 * @param {string} room
 */
export function floorOf(room) {
  return strict.includes(room) || room.startsWith("mcp/") || room === "cli/gateway" ? 90 : 80;
}
