// Whether `npm install codecell` works anywhere, shown by one command: the packed packages are installed without a
// compiler and without install scripts, and run on each Node, on the systems that can be had here, and in each way
// that people load them. At its end a table says what works, what does not, and what was not tried.
//
//   node scripts/check-anywhere.mjs     needs dist/ and prebuilds/: `npm run build:prebuilds` first
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { main, root, ScriptFailure } from "./lib/command.mjs";

const cleanInstall = "an install, then the README's program";

/** Scripts, which print a line for each thing that they have tried, or only end well. */
const checks = [
  {
    about: cleanInstall,
    script: "check-clean-install.mjs",
    args: ["--on", "old-libraries,arm64,musl"],
  },
  { about: "what the addons need of a system", script: "check-platforms.mjs", args: ["symbols"] },
  { about: "a way to load it", script: "check-install.mjs", args: [] },
];

/** What none of the scripts can try, for want of the system. */
const untried = [
  "Electron",
  "images of containers, and clusters: their file systems, users and limits are tried by themselves",
  "machines of cloud providers",
];

/** "ok      webpack (3.1 s)", "not ok  next: why", "not tried darwin-x64: not built here" */
const verdictLine = /^(ok|not ok|not tried) +(.*)$/;

await main(async () => {
  const rows = [];
  const failed = [];
  for (const { about, script, args } of checks) {
    const { code, verdicts } = await runCheck(script, args);
    const isOk = code === 0;
    if (!isOk) failed.push(script);
    for (const [verdict, what] of verdicts) rows.push([verdict, about, what]);
    if (!isOk || verdicts.length === 0) rows.push([isOk ? "ok" : "not ok", about, script]);
  }
  for (const what of untried) rows.push(["not tried", cleanInstall, what]);
  console.log("\n| | | |\n|---|---|---|");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  if (failed.length > 0) throw new ScriptFailure(`not everything works: ${failed.join(", ")}`);
});

/**
 * Runs a script with this process's output.
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number | null, verdicts: string[][] }>}
 */
async function runCheck(script, args) {
  const child = spawn(process.execPath, [path.join(root, "scripts", script), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  /** @type {string[][]} */
  const verdicts = [];
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    const [, verdict, what] = verdictLine.exec(line) ?? [];
    if (verdict !== undefined && what !== undefined) verdicts.push([verdict, what]);
  }
  const [code] = await ended;
  return { code, verdicts };
}
