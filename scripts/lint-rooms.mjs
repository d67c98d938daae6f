// Checks that files import only from the rooms that theirs may import from; lib/rooms.mjs has the rules.
//
//   node scripts/lint-rooms.mjs
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { roomTrees } from "./lib/rooms.mjs";

await main(() => {
  const faults = roomTrees.flatMap(faultsOfTree);
  if (faults.length === 0) return;
  throw new ScriptFailure(
    `${faults.join("\n")}\nThe rules are in scripts/lib/rooms.mjs. Move the code to a room that may import this, or pass in what it needs.`,
  );
});

/**
 * @param {import("./lib/rooms.mjs").RoomTree} tree
 * @returns {string[]}
 */
function faultsOfTree(tree) {
  const folder = path.join(root, tree.folder);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => tree.files.test(file))
    .sort()
    .flatMap((file) => {
      const lines = readFileSync(path.join(folder, file), "utf8").split("\n");
      return faultsOfFile(tree, file, lines);
    });
}

/**
 * @param {import("./lib/rooms.mjs").RoomTree} tree
 * @param {string} file
 * @param {readonly string[]} lines
 * @returns {string[]}
 */
function faultsOfFile(tree, file, lines) {
  const room = tree.rooms.find(({ path }) => file.startsWith(path));
  if (room === undefined) {
    return [`${tree.folder}/${file}: is in no room; give it one in scripts/lib/rooms.mjs`];
  }
  return lines.flatMap((line, index) => {
    const imported = tree.imports.exec(line)?.groups?.path;
    if (imported === undefined) return [];
    const broken = brokenRule(tree, room, file, imported);
    if (broken === undefined) return [];
    return [`${tree.folder}/${file}:${index + 1}: imports ${imported}, but ${broken}`];
  });
}

/**
 * @param {import("./lib/rooms.mjs").RoomTree} tree
 * @param {import("./lib/rooms.mjs").Room} room
 * @param {string} file
 * @param {string} imported
 * @returns {string | undefined} The rule that the import breaks.
 */
function brokenRule(tree, room, file, imported) {
  const inside = tree.resolve(imported, file);
  if (inside !== undefined) {
    const allowed = [room.path, ...room.mayImport];
    if (allowed.some((begin) => inside.startsWith(begin))) return undefined;
    const others = room.mayImport.length === 0 ? "itself" : `itself, ${room.mayImport.join(", ")}`;
    return `${room.path} may import only from ${others}`;
  }
  const rule = tree.outside.find((outside) => outside.imported.test(imported));
  if (rule === undefined || rule.onlyIn.some((begin) => file.startsWith(begin))) return undefined;
  return `only ${rule.onlyIn.join(", ")} may: ${rule.why}`;
}
