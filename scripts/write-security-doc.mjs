// Writes docs/security.md from its template and the tables of the hostile corpus.
//
//   node scripts/write-security-doc.mjs [--check]     --check fails where the file is not up to date
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isExitAttack } from "../test/hostile/attack.mjs";
import { attacksByGroup } from "../test/hostile/attacks/index.mjs";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { supportedMajors } from "./lib/node-cache.mjs";

/** @typedef {import("../test/hostile/attack.mjs").Attack} Attack */
/** @typedef {import("../test/hostile/attack.mjs").CellAttack} CellAttack */
/** @typedef {import("../test/hostile/attack.mjs").Expectation} Expectation */

const file = path.join(root, "docs", "security.md");
const template = path.join(root, "docs", "security.template.md");

const titles = {
  memory: "Memory",
  cpu: "Processor time",
  termination: "Termination",
  boundary: "The boundary between cell and host",
  output: "Output and stored values",
  tools: "Tool calls and timers",
  values: "Values of many parts",
  modules: "Modules and sources",
  lenient: "Programs as models write them",
  errors: "Errors and recursion",
  exit: "How the process leaves",
};

await main(() => {
  const text = render(readFileSync(template, "utf8"));
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
    return;
  }
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    throw new ScriptFailure(
      "docs/security.md is not what its template and test/hostile/attacks make of it: run\n" +
        "  node scripts/write-security-doc.mjs",
    );
  }
});

/** @param {string} text */
function render(text) {
  const values = {
    majors: `${supportedMajors.slice(0, -1).join(", ")} and ${supportedMajors.at(-1)}`,
    limits: "[limits.md](limits.md)",
    count: String(Object.values(attacksByGroup).flat().length),
    tables: Object.entries(attacksByGroup)
      .map(([group, attacks]) => table(group, attacks))
      .join("\n\n"),
  };
  const rendered = text.replace(/\{\{(\w+)\}\}/g, (place, name) => values[name] ?? place);
  return `<!-- Written by scripts/write-security-doc.mjs: change the template or the tables of attacks. -->\n\n${rendered.trimEnd()}\n`;
}

/**
 * @param {string} group
 * @param {readonly Attack[]} attacks
 */
function table(group, attacks) {
  const rows = attacks.map((attack) => {
    const cells = isExitAttack(attack)
      ? [attack.name, attack.what, exitEnd(attack)]
      : [attack.name, attack.what, limitsOf(attack), endOf(attack)];
    return `| ${cells.map(escaped).join(" | ")} |`;
  });
  const head =
    group === "exit"
      ? ["| attack | what it tries | how the process ends |", "|---|---|---|"]
      : ["| attack | what it tries | limits | how it ends |", "|---|---|---|---|"];
  return [`### ${titles[group] ?? group}`, "", ...head, ...rows].join("\n");
}

/** @param {CellAttack} attack */
function limitsOf({ limits = {}, runtimeLimits = {}, cells }) {
  const shown = Object.entries({ ...limits, ...runtimeLimits }).map(
    ([name, value]) => `\`${name}\` ${amount(name, Number(value))}`,
  );
  if (cells !== undefined) shown.push(`${cells} cells`);
  return shown.join(", ");
}

/**
 * @param {string} name
 * @param {number} value
 */
function amount(name, value) {
  const mebibytes = value / 2 ** 20;
  if (name.endsWith("Bytes") && mebibytes >= 1 && Number.isInteger(mebibytes)) {
    return `${mebibytes.toLocaleString("en")} MiB`;
  }
  const unit = name.endsWith("Ms") ? " ms" : "";
  return `${value.toLocaleString("en")}${unit}`;
}

/** @param {CellAttack} attack */
function endOf(attack) {
  const usual = describeEnd(attack.expect);
  const refused = attack.expect.refused;
  const parts = [
    refused === undefined ? usual : `${usual}; ${refused.count} refused with \`${refused.code}\``,
  ];
  if (attack.next !== undefined) {
    parts.push(
      attack.next.refused === undefined
        ? "the next cell sees nothing of it"
        : `the next is refused with \`${attack.next.refused}\``,
    );
  }
  for (const [major, { because, ...different }] of Object.entries(attack.on ?? {})) {
    const end = describeEnd({ orphaned: "never", ...attack.expect, ...different });
    parts.push(end === usual ? `Node ${major}: ${because}` : `Node ${major}: ${end} (${because})`);
  }
  return parts.join("; ");
}

/** @param {Expectation} expected */
function describeEnd({ status, code, reason, orphaned }) {
  const reasons = {
    requested: "terminated",
    closed: "terminated by closing",
    aborted: "terminated by its signal",
  };
  const ends = {
    completed: "completes",
    failed:
      code === undefined || code === "ERR_CELL_SCRIPT"
        ? "fails with its error"
        : `ended: \`${code}\``,
    terminated: reasons[reason ?? "requested"] ?? "terminated",
  };
  if (orphaned === "must") return `${ends[status]}, leaves an orphan`;
  return orphaned === "may" ? `${ends[status]}, may leave an orphan` : ends[status];
}

/** @param {import("../test/hostile/attack.mjs").ExitAttack} attack */
function exitEnd({ expect }) {
  return expect.signal === undefined
    ? `exit code ${expect.code}`
    : `the signal's own end, ${expect.signal}`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("|", "\\|");
}
