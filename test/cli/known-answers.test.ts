import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  AnswerCache,
  clientHash,
  type TypedCommand,
} from "../../src/cli/gateway/first/known-answers.js";
import { ToolCache } from "../../src/mcp/client/tool-cache.js";
import { Workspace } from "../support/cli.js";

const opened: Workspace[] = [];
afterEach(() => {
  delete process.env["CODECELL_TEST_TOKEN"];
  for (const workspace of opened.splice(0)) workspace[Symbol.dispose]();
});

const server = { command: "files" };
const given = {
  params: { protocolVersion: "2025-06-18", clientInfo: { name: "c" } },
  initialize: { protocolVersion: "2025-06-18" },
  tools: { tools: [{ name: "exec" }] },
};

/** A cache that knows the answers to one client. */
async function filled() {
  const workspace = new Workspace();
  opened.push(workspace);
  process.env["CODECELL_TEST_TOKEN"] = "very secret";
  const env = { TOKEN: ["$", "{CODECELL_TEST_TOKEN}"].join("") };
  const config = workspace.config({ files: { ...server, env } });
  const command: TypedCommand = { args: ["mcp"], directory: "/", build: "a build" };
  const cache = new AnswerCache(workspace.path, command);
  const tools = new ToolCache(cache.toolFolder);
  const list = { tools: [{ name: "read" }], instructions: undefined, capabilities: undefined };
  await tools.write(server, list);
  const known = await tools.contentOf(server);
  const files = known === undefined ? [] : [known];
  await cache.write(config, files, given);
  const folder = join(workspace.path, "answers");
  const file = join(folder, readdirSync(folder)[0] ?? "");
  return { workspace, cache, command, config, tools, list, files, file };
}

const expected = {
  initialize: { [clientHash(given.params)]: given.initialize },
  tools: given.tools,
};

test("answers are known again, which only their person can read, and no secret with them", async () => {
  const { cache, file } = await filled();
  expect(cache.read()).toEqual(expected);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).not.toContain("secret");
});

test("a client is known by what it says, in any order", async () => {
  const { clientInfo, protocolVersion } = given.params;
  expect(clientHash({ clientInfo, protocolVersion })).toBe(clientHash(given.params));
  expect(clientHash({ ...given.params, capabilities: {} })).not.toBe(clientHash(given.params));
});

test("several clients are known beside each other, the last eight", async () => {
  const { cache, config, files } = await filled();
  for (let i = 0; i < 9; i++) await cache.write(config, files, { ...given, params: { i } });
  const numbered = Array.from({ length: 8 }, (_, i) => clientHash({ i: i + 1 }));
  expect(Object.keys(cache.read()?.initialize ?? {})).toEqual(numbered);
});

test("a client that comes again is the last", async () => {
  const { cache, config, files } = await filled();
  for (const i of [1, 2, 1]) await cache.write(config, files, { ...given, params: { i } });
  const clients = [given.params, { i: 2 }, { i: 1 }];
  expect(Object.keys(cache.read()?.initialize ?? {})).toEqual(clients.map(clientHash));
});

test("clients are forgotten that were told of other servers", async () => {
  const { cache, config } = await filled();
  await cache.write(config, [], { ...given, params: { i: 1 } });
  expect(Object.keys(cache.read()?.initialize ?? {})).toEqual([clientHash({ i: 1 })]);
});

test.each<readonly [string, Partial<TypedCommand>]>([
  ["other arguments", { args: ["mcp", "--describe", "none"] }],
  ["another directory", { directory: "/tmp" }],
  ["another build", { build: "another" }],
])("a command with %s knows nothing", async (_, other) => {
  const { workspace, command } = await filled();
  expect(new AnswerCache(workspace.path, { ...command, ...other }).read()).toBeUndefined();
});

type Filled = Awaited<ReturnType<typeof filled>>;

test.each<readonly [string, (all: Filled) => unknown]>([
  ["its config is another", ({ config }) => writeFileSync(config, '{"mcpServers":{}}')],
  ["its config is gone", ({ config }) => rmSync(config)],
  [
    "its config is a pipe now",
    ({ config }) => {
      rmSync(config);
      expect(spawnSync("mkfifo", [config]).status).toBe(0);
    },
  ],
  [
    "a variable has another value",
    () => {
      process.env["CODECELL_TEST_TOKEN"] = "another";
    },
  ],
  ["a variable is not set", () => delete process.env["CODECELL_TEST_TOKEN"]],
  ["a server has other tools", ({ tools, list }) => tools.write(server, { ...list, tools: [] })],
  [
    "a server is not known",
    ({ workspace }) => rmSync(join(workspace.path, "tools"), { recursive: true }),
  ],
  ["others can write its file", ({ file }) => chmodSync(file, 0o622)],
  [
    "its file is cut off",
    ({ file }) => writeFileSync(file, readFileSync(file, "utf8").slice(0, -9)),
  ],
  ["its file is of another kind", ({ file }) => writeFileSync(file, '{"basis":[],"answers":1}')],
])("nothing is known where %s", async (_, change) => {
  const all = await filled();
  await change(all);
  expect(all.cache.read()).toBeUndefined();
});

test("a config that is a pipe is not read a second time", async () => {
  const { workspace, cache, files } = await filled();
  const pipe = join(workspace.path, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  await cache.write(pipe, files, { ...given, tools: {} });
  expect(cache.read()).toEqual(expected);
});

test.each([
  [1024 * 1024, expected],
  [1024 * 1024 + 1, undefined],
])("a config of %d bytes is known, or too large to be read first", async (bytes, known) => {
  const { cache, config, files } = await filled();
  const text = readFileSync(config, "utf8");
  writeFileSync(config, text.padEnd(bytes));
  await cache.write(config, files, given);
  expect(cache.read()).toEqual(known);
});
