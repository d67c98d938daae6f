// Drives `codecell mcp` with the command line of the official MCP inspector: lists its tools, and goes
// from exec over a yield and wait to the end of a program, in both eras of the protocol. The inspector
// runs on the Node that it needs, codecell on this one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { capture, main, root, ScriptFailure } from "./lib/command.mjs";
import { fetchNode } from "./lib/node-cache.mjs";
import { installPackages } from "./lib/own-packages.mjs";

const folder = path.join(root, "test", "inspector");
const inspector = path.join(
  folder,
  "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
);
const cli = path.join(root, "dist", "cli", "main.js");
const program =
  'const sum = await tools.mcp__everything__get_sum({ a: 2, b: 3 }); text("first"); yield_control(); text(sum);';

await main(async () => {
  installPackages(folder);
  const scratch = mkdtempSync(path.join(tmpdir(), "codecell-inspector-"));
  try {
    const inspect = inspectorOn(fetchNode("24"), scratch);
    const config = writeConfig(scratch);
    checkStandardStreams(inspect, config);
    await checkHttp(inspect, config);
    console.log("the inspector completes its loop, on standard streams and over HTTP");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

/**
 * @param {string} node
 * @param {string} home - Where the inspector may keep what it keeps.
 */
function inspectorOn(node, home) {
  return (
    /** @type {readonly string[]} */ options,
    /** @type {readonly string[]} */ target = [],
  ) => {
    const args = [inspector, "--cli", "--quiet", "--format", "json", ...options];
    const output = capture(node, target.length > 0 ? [...args, "--", ...target] : args, {
      env: { ...process.env, HOME: home },
    });
    return JSON.parse(output).result;
  };
}

/** @param {string} scratch */
function writeConfig(scratch) {
  const config = path.join(scratch, "mcp.json");
  const server = path.join(
    root,
    "node_modules/@modelcontextprotocol/server-everything/dist/index.js",
  );
  const everything = { command: process.execPath, args: [server] };
  writeFileSync(config, JSON.stringify({ mcpServers: { everything } }));
  return config;
}

function checkStandardStreams(inspect, config) {
  const target = [process.execPath, cli, "mcp", "--config", config];
  // Strict: a schema that some client might not take is a failure.
  const { tools } = inspect(["--strict", "--method", "tools/list"], target);
  expectSame(
    tools.map(({ name }) => name),
    ["exec", "wait"],
  );
  const whole = inspect(
    [...call("exec", { code: program.replace("yield_control();", "") })],
    target,
  );
  expectSame(textsOf(whole), ["first", "The sum of 2 and 3 is 5."]);
}

/** A one-shot client leaves its session, so the loop is of the era without sessions. */
async function checkHttp(inspect, config) {
  const args = [cli, "mcp", "--config", config, "--listen", "http://127.0.0.1:0"];
  const gateway = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  try {
    const url = await readUrl(gateway.stderr);
    const options = ["--server-url", url, "--protocol-era", "modern"];
    const first = inspect([...options, ...call("exec", { code: program })]);
    expectSame(textsOf(first), ["first"]);
    const [, cellId] = /cell ID (\S+)/.exec(first.content[0].text) ?? [];
    const second = inspect([...options, ...call("wait", { cell_id: cellId })]);
    expectSame(textsOf(second), ["The sum of 2 and 3 is 5."]);
  } finally {
    gateway.kill();
    await once(gateway, "exit");
  }
}

async function readUrl(stderr) {
  for await (const line of createInterface({ input: stderr })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    // What comes later goes nowhere, so that the pipe never fills.
    stderr.resume();
    if (url !== undefined) return url;
  }
  throw new ScriptFailure("codecell mcp did not say where it listens");
}

/**
 * @param {string} tool
 * @param {object} input
 */
function call(tool, input) {
  return ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", JSON.stringify(input)];
}

/** Without the status line. */
function textsOf({ content }) {
  return content.slice(1).map(({ text }) => text);
}

function expectSame(found, expected) {
  const [a, b] = [found, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new ScriptFailure(`expected ${b}, the inspector shows ${a}`);
}
