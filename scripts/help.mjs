// Prints the scripts of package.json, in groups.
//
//   node scripts/help.mjs [--check | --write]
//     --check: fails where a script is missing here, or CONTRIBUTING.md shows something else
//     --write: writes the table into CONTRIBUTING.md
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { commands } from "./lib/commands.mjs";

const document = path.join(root, "CONTRIBUTING.md");
const table = /(?<=<!-- commands -->\n).*?(?=<!-- end -->)/s;

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

await main(() => {
  const text = readFileSync(document, "utf8");
  if (options.write) writeFileSync(document, text.replace(table, markdown));
  else if (options.check) check(text);
  else console.log(help());
});

function help() {
  const width = Math.max(
    ...Object.values(commands)
      .flatMap(Object.keys)
      .map((name) => typed(name).length),
  );
  const groups = Object.entries(commands).map(([group, scripts]) => {
    const lines = Object.entries(scripts).map(
      ([name, does]) => `  ${typed(name).padEnd(width)}  ${does}`,
    );
    return [group, ...lines].join("\n");
  });
  return `${groups.join("\n\n")}\n\nOptions go after "--": npm run bench -- startup --samples 3`;
}

/** @param {string} name - A script of package.json. */
function typed(name) {
  return name === "test" || name === "start" ? `npm ${name}` : `npm run ${name}`;
}

function markdown() {
  const groups = Object.entries(commands).map(([group, scripts]) => {
    const rows = Object.entries(scripts).map(([name, does]) => `| \`${name}\` | ${does} |`);
    return [`| ${group} | |`, "|---|---|", ...rows].join("\n");
  });
  return `\n${groups.join("\n\n")}\n\n`;
}

/** @param {string} text */
function check(text) {
  const described = Object.values(commands).flatMap((scripts) => Object.keys(scripts));
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  // npm runs this one by itself.
  const { prepublishOnly: _, ...ours } = scripts;
  const names = Object.keys(ours);
  const missing = names.filter((name) => !described.includes(name));
  const gone = described.filter((name) => !names.includes(name));
  if (missing.length + gone.length > 0) {
    throw new ScriptFailure(
      `scripts/lib/commands.mjs and the scripts of package.json differ: ${[
        ...missing.map((name) => `${name} is not described`),
        ...gone.map((name) => `there is no script ${name}`),
      ].join(", ")}`,
    );
  }
  if (table.exec(text)?.[0] !== markdown()) {
    throw new ScriptFailure(
      "CONTRIBUTING.md shows other commands than there are: run `node scripts/help.mjs --write`",
    );
  }
}
