// Writes test/fixtures/tool-schemas: the tools of MCP servers from the npm registry, as each lists them.
//
//   node scripts/collect-tool-schemas.mjs [--only NAME]
//
// Each server is installed into a temporary folder of its own, as npx would do it but without install
// scripts, and is started with a made-up token: it only has to list its tools. What it lists depends on
// the versions of its dependencies too, so running this again may change the files.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { main, root, run, ScriptFailure } from "./lib/command.mjs";

/**
 * @typedef {object} Server
 * @property {string} spec - What npm installs.
 * @property {string} [bin] - Which of its commands; by default its only one.
 * @property {readonly string[]} [args]
 * @property {Readonly<Record<string, string>>} [env]
 */

const token = "0123456789012345678901234567890123456789";

/** @type {Readonly<Record<string, Server>>} */
const servers = {
  "chrome-devtools": {
    spec: "chrome-devtools-mcp@1.11.0",
    bin: "chrome-devtools-mcp",
    args: ["--no-usage-statistics"],
  },
  everything: { spec: "@modelcontextprotocol/server-everything@2026.8.31" },
  figma: {
    spec: "figma-developer-mcp@0.13.2",
    args: ["--stdio", `--figma-api-key=${token}`],
  },
  filesystem: { spec: "@modelcontextprotocol/server-filesystem@2026.8.31", args: ["."] },
  github: {
    spec: "@modelcontextprotocol/server-github@2025.4.8",
    env: { GITHUB_PERSONAL_ACCESS_TOKEN: token },
  },
  kubernetes: { spec: "mcp-server-kubernetes@4.1.7" },
  memory: { spec: "@modelcontextprotocol/server-memory@2026.8.31" },
  mongodb: {
    spec: "mongodb-mcp-server@3.0.4",
    env: {
      MDB_MCP_TELEMETRY: "disabled",
      MDB_MCP_API_CLIENT_ID: token,
      MDB_MCP_API_CLIENT_SECRET: token,
    },
  },
  notion: {
    spec: "@notionhq/notion-mcp-server@2.5.2",
    env: { NOTION_TOKEN: `ntn_${token}` },
  },
  playwright: {
    spec: "@playwright/mcp@0.0.83",
    args: ["--caps=vision,pdf,testing,tracing,storage,network,devtools"],
  },
  "sequential-thinking": { spec: "@modelcontextprotocol/server-sequential-thinking@2026.8.31" },
  slack: {
    spec: "@modelcontextprotocol/server-slack@2025.4.25",
    env: { SLACK_BOT_TOKEN: `xoxb-${token}`, SLACK_TEAM_ID: "T0" },
  },
};

const startTimeoutMs = 60_000;

const fixtures = path.join(root, "test", "fixtures", "tool-schemas");

const { values: options } = parseArgs({ options: { only: { type: "string" } } });

await main(async () => {
  const wanted = Object.entries(servers).filter(
    ([name]) => options.only === undefined || name === options.only,
  );
  if (wanted.length === 0) {
    throw new ScriptFailure(
      `--only must be one of ${Object.keys(servers).join(", ")}; got "${options.only}".`,
    );
  }
  for (const [name, server] of wanted) {
    const folder = mkdtempSync(path.join(tmpdir(), `tool-schemas-${name}-`));
    try {
      install(folder, server);
      await collect(folder, name, server);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  run("npx", ["biome", "check", "--write", fixtures], { quiet: true });
});

/**
 * @param {string} folder
 * @param {Server} server
 */
function install(folder, { spec }) {
  writeFileSync(path.join(folder, "package.json"), "{}");
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund"];
  run("npm", ["install", ...flags, spec], { cwd: folder, quiet: true });
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {Server} server
 */
async function collect(folder, name, server) {
  const packageName = server.spec.slice(0, server.spec.lastIndexOf("@"));
  const place = path.join(folder, "node_modules", packageName);
  const { version, license, bin } = JSON.parse(
    readFileSync(path.join(place, "package.json"), "utf8"),
  );
  const command = server.bin === undefined ? Object.values(bin)[0] : bin[server.bin];
  const tools = await listTools(name, path.join(place, command), server);
  const listed = tools.map(({ name, description, inputSchema, outputSchema }) => {
    return { name, description, inputSchema, outputSchema };
  });
  const fixture = { package: packageName, version, license, tools: listed };
  writeFileSync(path.join(fixtures, `${name}.json`), `${JSON.stringify(fixture, null, 2)}\n`);
  console.log(`${name}: ${listed.length} tools of ${packageName}@${version} (${license})`);
}

/**
 * @param {string} name
 * @param {string} program
 * @param {Server} server
 */
async function listTools(name, program, { args = [], env = {} }) {
  const home = mkdtempSync(path.join(tmpdir(), "tool-schemas-home-"));
  const client = new Client({ name: "collect-tool-schemas", version: "1.0.0" });
  try {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [program, ...args],
      env: { PATH: process.env.PATH ?? "", HOME: home, ...env },
      cwd: home,
      stderr: "ignore",
    });
    await client.connect(transport, { timeout: startTimeoutMs });
    return (await client.listTools(undefined, { timeout: startTimeoutMs })).tools;
  } catch (thrown) {
    throw new ScriptFailure(
      `The server ${name} does not list its tools: ${/** @type {Error} */ (thrown).message}`,
    );
  } finally {
    await client.close();
    rmSync(home, { recursive: true });
  }
}
