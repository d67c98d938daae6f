// A node_modules that nobody may write to, and one that has been moved.
import { chmodSync, cpSync, readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { esmProgram } from "../scratch.mjs";

/** "nobody": the superuser may write everywhere. */
const uid = process.getuid?.() === 0 ? 65_534 : undefined;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("app/program.mjs", esmProgram);
  const installed = path.join(scratch.folder, "node_modules");
  renameSync(installed, path.join(scratch.folder, "app", "node_modules"));
  const app = path.join(scratch.folder, "app");
  scratch.runProgram([path.join(app, "program.mjs")]);
  const moved = path.join(scratch.folder, "moved here");
  cpSync(app, moved, { recursive: true });
  setModes(scratch.folder, { folder: 0o555, file: 0o444 });
  try {
    scratch.runProgram(["program.mjs"], { cwd: moved, ...(uid !== undefined && { uid }) });
  } finally {
    setModes(scratch.folder, { folder: 0o755, file: 0o644 });
  }
}

/**
 * @param {string} folder
 * @param {{ folder: number, file: number }} modes
 */
function setModes(folder, modes) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) setModes(inside, modes);
    else if (entry.isFile()) chmodSync(inside, modes.file);
  }
  chmodSync(folder, modes.folder);
}
