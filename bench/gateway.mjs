// What does code mode save an MCP client? Prints how long N tool calls of a real server take as N
// requests to that server, as N requests to `codecell mcp` in front of it with one call each, and as
// one request to it whose program makes them all, one after the other and at once; and how much text
// the model gets to read in each case.
//
//   node bench/gateway.mjs [--samples 30] [--calls 20] [--json]

import path from "node:path";
import { parseArgs } from "node:util";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { timeTasks } from "./lib/samples.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "30" },
    calls: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const calls = readCount(options, "calls");
const report = openReport({
  name: "gateway",
  question: "what does a program in the place of many requests save an MCP client?",
  settings: { samples, calls },
  json: options.json,
});

const root = path.join(import.meta.dirname, "..");
const direct = await connect("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
const gateway = await connect("dist/cli/main.js", "mcp", "--config", "bench/gateway.json");
const numbers = Array.from({ length: calls }, (_, i) => i);

/** What each way gives the model to read, in bytes. */
const read = new Map();
const ways = {
  "requests to the server itself": async () => {
    let bytes = 0;
    for (const a of numbers) bytes += await request(direct, "get-sum", { a, b: 1 });
    return bytes;
  },
  "requests of exec, one call each": async () => {
    let bytes = 0;
    for (const a of numbers) bytes += await exec(`text(await ${sum(a)})`);
    return bytes;
  },
  "one program, call after call": () =>
    exec(
      `let all = 0; for (let i = 0; i < ${calls}; i++) all += (await ${sum("i")}).length; text(all)`,
    ),
  "one program, all calls at once": () =>
    exec(
      `const all = await Promise.all(Array.from({ length: ${calls} }, (_, i) => ${sum("i")})); text(all.join("").length)`,
    ),
};
const times = await timeTasks(
  Object.fromEntries(
    Object.entries(ways).map(([name, run]) => [
      name,
      async () => {
        const startedAt = performance.now();
        read.set(name, await run());
        return performance.now() - startedAt;
      },
    ]),
  ),
  samples,
);
await Promise.all([direct.close(), gateway.close()]);

const [first] = times.values();
report.close(
  [...times].map(([name, ms]) => ({
    what: name,
    ...summary(ms),
    ratio: summary(ms).p50 / summary(first ?? []).p50,
    bytes: read.get(name),
  })),
  [
    { name: `${calls} tool calls as`, text: (row) => row.what },
    { name: "p50", text: (row) => formatMs(row.p50) },
    { name: "p95", text: (row) => formatMs(row.p95) },
    { name: "ratio of p50", text: (row) => `${row.ratio.toFixed(2)}x` },
    { name: "bytes read", text: (row) => String(row.bytes) },
  ],
  [
    "both clients speak over standard streams; the server is the official test server",
    "a model's own time for each request, which is seconds, is not part of it",
  ],
);

/** @param {string[]} args */
async function connect(...args) {
  const client = new Client({ name: "bench", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, cwd: root, stderr: "ignore" }),
  );
  return client;
}

/** @param {string} code */
function exec(code) {
  return request(gateway, "exec", { code });
}

/** How many bytes of text the answer has. */
async function request(client, name, input) {
  const { content, isError } = await client.callTool({ name, arguments: input });
  const text = content.map((block) => block.text ?? "").join("\n");
  if (isError) throw new Error(text);
  return Buffer.byteLength(text);
}

/** @param {number | string} a */
function sum(a) {
  return `tools.mcp__everything__get_sum({ a: ${a}, b: 1 })`;
}
