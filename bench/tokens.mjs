// What does a model read before its first program? Prints the tokens of exec and wait, with the full and
// with the short description of exec, beside the same tools without code mode: for some tools of a kind, and
// for those of twelve real MCP servers.
//
//   node bench/tokens.mjs [--json]
//
// A token is four UTF-8 bytes of the JSON of names, descriptions and schemas. OpenAI's o200k_base counts
// from 6 % less to 6 % more for these texts.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { createCodeMode, createModelTools } from "../dist/index.js";
import { openReport } from "./lib/report.mjs";

const { values: options } = parseArgs({
  // Nothing is timed, so any number of samples is the same.
  options: { samples: { type: "string" }, json: { type: "boolean", default: false } },
});
const report = openReport({
  name: "tokens",
  question: "what does a model read before its first program?",
  settings: {},
  json: options.json,
});

const servers = readServers();
const realTools = [...servers.values()].flat();
const numbers = [0, 1, 2, 3, 4, 5, 6, 8, 10, 20, 100];
const sets = [
  ...numbers.map((number) => ({ what: `${number} of them`, tools: spread(realTools, number) })),
  ...[...servers].map(([name, tools]) => ({ what: `${name} (${tools.length})`, tools })),
  { what: `all twelve (${realTools.length})`, tools: realTools },
];

const codeMode = createCodeMode();
const rows = sets.map(({ what, tools }) => {
  const session = codeMode.openSession({ tools });
  const short = createModelTools(session, { description: "short" });
  const full = createModelTools(session, { description: "full" });
  return {
    what,
    plain: tokensOf(tools),
    full: tokensOf([full.exec, full.wait]),
    short: tokensOf([short.exec, short.wait]),
    shortLength: short.exec.description.length,
    fullLength: full.exec.description.length,
  };
});
await codeMode.close();

report.close(
  rows,
  [
    { name: "tools", text: (row) => row.what },
    { name: "plain", text: (row) => String(row.plain) },
    { name: "full", text: (row) => String(row.full) },
    { name: "short", text: (row) => String(row.short) },
    { name: "characters, full", text: (row) => String(row.fullLength) },
    { name: "characters, short", text: (row) => String(row.shortLength) },
  ],
  [
    "plain: the tools themselves; full and short: exec and wait with that description",
    "N of them: tools of the twelve servers at equal distances in their list",
  ],
);

function tokensOf(tools) {
  const sent = tools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
  return sent.length === 0 ? 0 : Math.ceil(Buffer.byteLength(JSON.stringify(sent)) / 4);
}

function spread(all, number) {
  return Array.from({ length: number }, (_, at) => all[Math.floor((at * all.length) / number)]);
}

/** The tools of the servers whose lists the tests have, by server. */
function readServers() {
  const folder = path.join(import.meta.dirname, "..", "test", "fixtures", "tool-schemas");
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return new Map(
    files.map((file) => {
      const server = path.basename(file, ".json");
      const { tools } = JSON.parse(readFileSync(path.join(folder, file), "utf8"));
      return [
        server,
        tools.map((tool) => ({ ...tool, namespace: `mcp/${server}`, execute: () => null })),
      ];
    }),
  );
}
