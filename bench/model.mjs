// What does the model's side cost? Prints how long it takes to describe tools for a model, the first
// time and again, to find some among many, and to make JavaScript of TypeScript; the tools are those of
// real MCP servers, and how long the description becomes is told with them.
//
//   node bench/model.mjs [--samples 50] [--json]

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { createCodeMode, createModelTools, searchTools } from "../dist/index.js";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { timeTasks } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "50" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "model",
  question: "what does the model's side cost?",
  settings: { samples },
  json: options.json,
});

const tools = readTools();
const codeMode = createCodeMode();
const session = codeMode.openSession({ tools });
const { exec } = createModelTools(session);
const described = exec.description;
const program = (lines) =>
  Array.from({ length: lines }, (_, i) => `const value_${i}: number = ${i} as number;`).join("\n");
const javascript = (lines) =>
  program(lines).replaceAll(": number", "").replaceAll(" as number", "");

const tasks = {
  [`describe ${tools.length} tools, first`]: () => {
    const fresh = codeMode.openSession({ tools });
    return timed(() => createModelTools(fresh).exec.description);
  },
  [`describe ${tools.length} tools, again`]: () => timed(() => exec.description),
  [`find 5 of ${tools.length} tools, first`]: () =>
    timed(() => searchTools("list issues", tools, 5)),
  "a cell that finds 5 of them": () =>
    timed(() => session.exec('await search_tools("list issues")')),
  "a cell of 100 lines of JavaScript": () => timed(() => run(javascript(100))),
  "the same in TypeScript": () => timed(() => run(program(100))),
};
const times = await timeTasks(tasks, samples);
await codeMode.close();

report.close(
  [...times].map(([name, ms]) => ({ what: name, ...summary(ms) })),
  [
    { name: "work", text: (row) => row.what },
    { name: "p50", text: (row) => formatMs(row.p50) },
    { name: "p95", text: (row) => formatMs(row.p95) },
  ],
  [
    `the description of ${tools.length} tools has ${described.length} characters, without any tool's ${withoutTools()}`,
    "describing and finding are the host's own time, what is told of cells is until their outcome",
  ],
);

async function run(code) {
  const { isError, content } = await exec.execute({ code });
  if (isError) throw new Error(JSON.stringify(content));
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function withoutTools() {
  return createModelTools(session, { describeTools: "none" }).exec.description.length;
}

/** The tools of the servers whose lists the tests have. */
function readTools() {
  const folder = path.join(import.meta.dirname, "..", "test", "fixtures", "tool-schemas");
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.flatMap((file) => {
    const { tools: listed } = JSON.parse(readFileSync(path.join(folder, file), "utf8"));
    const namespace = `mcp/${path.basename(file, ".json")}`;
    return listed.map(({ name, description = "", inputSchema }) => {
      return { name, namespace, description, inputSchema, execute: () => null };
    });
  });
}
