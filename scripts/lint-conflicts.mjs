// Checks that no file has the marks that git leaves where a merge was not resolved.
//
//   node scripts/lint-conflicts.mjs
import { spawnSync } from "node:child_process";
import { main, root, ScriptFailure } from "./lib/command.mjs";

await main(() => {
  const args = ["grep", "-nIE", "^(<{7}|>{7}) "];
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  // 1: nothing is found.
  if (status === 0) throw new ScriptFailure(`${stdout}A merge was not resolved there.`);
  if (status !== 1) throw new ScriptFailure(`git grep failed: ${stderr}`);
});
