// Three servers (`codecell serve`) on one PostgreSQL run cells for clients that ask any of them, while servers are
// killed, stand still, lose the database or each other, are drained and start again. At the end no cell may be lost, no
// effect made twice, no output told twice or left out, no stored value wrong, no question open, and no cell be open
// that nobody waits for.
//
// Then a backup is restored that is older than what the cells have done; then servers of another version and of other
// Nodes take the place of the ones that run.
//
//   node scripts/check-cluster.mjs [faults] [restore] [versions] [--cells N] [--seconds N] [--every SECONDS]
//       [--faults LIST] [--at-once N] [--seed N] [--before FOLDER]
//     faults, restore, versions: only these parts. Default: all
//     --before: the version before, built; default: a copy of this one with another number
//     --faults: some of those in scripts/cluster/faults.mjs, each in turn. Default: all
//     --seconds: cells are begun for at least so long, and faults done
//     --down: seconds for which the fault "down" stops the database
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkFaults } from "./cluster/check-faults.mjs";
import { checkRestore } from "./cluster/check-restore.mjs";
import { checkVersions } from "./cluster/check-versions.mjs";
import { faultNames } from "./cluster/faults.mjs";
import { fault } from "./cluster/report.mjs";
import { main } from "./lib/command.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cells: { type: "string", default: "10000" },
    seconds: { type: "string", default: "600" },
    every: { type: "string", default: "5" },
    down: { type: "string", default: "30" },
    faults: { type: "string", default: faultNames.join(",") },
    "at-once": { type: "string", default: "120" },
    before: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});

const seed = Number(options.seed);

/** @type {Record<string, (folder: string) => Promise<void>>} */
const parts = {
  faults: (folder) =>
    checkFaults({
      folder,
      seed,
      cells: Number(options.cells),
      seconds: Number(options.seconds),
      atOnce: Number(options["at-once"]),
      everyMs: Number(options.every) * 1000,
      downMs: Number(options.down) * 1000,
      names: options.faults.split(","),
    }),
  restore: (folder) => checkRestore({ folder, seed }),
  versions: (folder) =>
    checkVersions({
      folder,
      seed,
      cells: Math.min(Number(options.cells), 200),
      atOnce: Math.min(Number(options["at-once"]), 12),
      before: options.before,
    }),
};

await main(async () => {
  console.log(`seed ${seed}`);
  for (const name of positionals.length === 0 ? Object.keys(parts) : positionals) {
    const part = parts[name];
    if (part === undefined) fault(`There is no part ${name}; there are ${Object.keys(parts)}.`);
    const folder = mkdtempSync(join(tmpdir(), "codecell-cluster-"));
    try {
      await part(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
// After a failure clients may still ask, and faults be under way.
process.exit();
