import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { CachedServer } from "../../src/mcp/client/cached-server.js";
import { keepMcpServers } from "../../src/mcp/client/connect.js";
import { ToolCache } from "../../src/mcp/client/tool-cache.js";
import type { McpServerConfig } from "../../src/mcp.js";
import { Workspace } from "../support/cli.js";

const opened: Workspace[] = [];
afterEach(() => {
  for (const workspace of opened.splice(0)) workspace[Symbol.dispose]();
});

function newCache() {
  const workspace = new Workspace();
  opened.push(workspace);
  const folder = join(workspace.path, "tools");
  return { cache: new ToolCache(folder), folder, workspace };
}

const config: McpServerConfig = {
  command: "files",
  args: ["."],
  env: { TOKEN: "very secret" },
};

const server: CachedServer = {
  tools: [{ name: "read", description: "Reads.", inputSchema: { type: "object" } }],
  instructions: "Only for tests.",
  capabilities: { tools: {}, resources: { subscribe: true } },
};

/** A cache that knows the server, and its file. */
async function filledCache() {
  const { cache, folder, workspace } = newCache();
  await cache.write(config, server);
  const [name = ""] = readdirSync(folder);
  return { cache, folder, workspace, file: join(folder, name) };
}

describe("the cache of servers' tools", () => {
  test("gives what was written, which only its person can read, and no secret with it", async () => {
    const { cache, folder, file } = await filledCache();
    expect(cache.read(config)).toEqual(server);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(file + readFileSync(file, "utf8")).not.toContain("secret");
  });

  test.each<readonly [string, McpServerConfig]>([
    ["other arguments", { ...config, args: [".."] }],
    ["other variables", { ...config, env: { TOKEN: "another" } }],
    ["another directory", { ...config, cwd: "/" }],
    ["other tools enabled", { ...config, enabledTools: ["read"] }],
    ["an address", { url: "http://127.0.0.1/mcp" }],
  ])("knows nothing of a server with %s", async (_, other) => {
    const { cache } = await filledCache();
    expect(cache.read(other)).toBeUndefined();
  });

  test("knows a server wherever the program is started, unless the server's directory depends on that", async () => {
    const { cache } = await filledCache();
    const relative = { ...config, cwd: "sub" };
    const absolute = { ...config, cwd: "/" };
    const remote = { url: "http://127.0.0.1/mcp" };
    for (const one of [relative, absolute, remote]) await cache.write(one, server);
    const before = process.cwd();
    process.chdir("/");
    try {
      expect([config, relative].map((one) => cache.read(one))).toEqual([undefined, undefined]);
      expect([absolute, remote].map((one) => cache.read(one))).toEqual([server, server]);
    } finally {
      process.chdir(before);
    }
  });

  test.each<readonly [string, (file: string, folder: string) => void]>([
    ["is cut off", (file) => writeFileSync(file, readFileSync(file, "utf8").slice(0, -9))],
    ["is empty", (file) => writeFileSync(file, "")],
    ["is null", (file) => writeFileSync(file, "null")],
    ["has no tools", (file) => writeFileSync(file, '{"instructions":"x"}')],
    ["has a list of another kind", (file) => writeFileSync(file, '{"tools":{"length":3}}')],
    [
      "has no text for instructions",
      (file) => writeFileSync(file, '{"tools":[],"instructions":1}'),
    ],
    ["nests without end", (file) => writeFileSync(file, "[".repeat(1_000_000))],
    ["is too long", (file) => writeFileSync(file, `{"tools":[]${" ".repeat(1024 * 1024)}}`)],
    ["others can write", (file) => chmodSync(file, 0o622)],
    [
      "is a link",
      (file, folder) => {
        renameSync(file, join(folder, "elsewhere"));
        symlinkSync(join(folder, "elsewhere"), file);
      },
    ],
    [
      "is a directory",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    [
      "is a pipe that nobody writes to",
      (file) => {
        rmSync(file);
        expect(spawnSync("mkfifo", [file]).status).toBe(0);
      },
    ],
  ])("ignores a file that %s", async (_, spoil) => {
    const { cache, folder, file } = await filledCache();
    spoil(file, folder);
    expect(cache.read(config)).toBeUndefined();
  });

  test("is without use where its folder cannot be made, and nothing fails", async () => {
    const cache = new ToolCache("/dev/null/tools");
    await cache.write(config, server);
    expect(cache.read(config)).toBeUndefined();
  });

  test("does not keep a list that is longer than a file may be", async () => {
    const { cache, folder } = newCache();
    await cache.write(config, { ...server, instructions: "x".repeat(1024 * 1024) });
    await cache.write({ ...config, args: [] }, server);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("keeps the servers that ran last", async () => {
    const { cache, folder } = newCache();
    const numbered = (i: number): McpServerConfig => ({ ...config, args: [String(i)] });
    for (let i = 0; i < 140; i++) await cache.write(numbered(i), server);
    expect(readdirSync(folder)).toHaveLength(128);
    expect(cache.read(numbered(139))).toEqual(server);
    expect(cache.read(numbered(0))).toBeUndefined();
  });

  test("is never read half, however many write at once", async () => {
    const { cache } = await filledCache();
    const long = { ...server, instructions: "x".repeat(100_000) };
    const writing = Array.from({ length: 20 }, (_, i) =>
      cache.write(config, i % 2 ? long : server),
    );
    const found = await Promise.all(
      writing.map((written) => written.then(() => cache.read(config))),
    );
    for (const one of found) expect([server, long]).toContainEqual(one);
  });
});

/** The tools that programs would have of a server that is not started, from what the cache has of it. */
async function toolsFrom(tools: readonly unknown[]): Promise<readonly string[] | "asked"> {
  const { cache } = newCache();
  const given = { command: "/no/such/program" };
  await cache.write(given, { tools, instructions: undefined, capabilities: undefined });
  const stop = new AbortController();
  const kept = await keepMcpServers(
    { mcpServers: { files: given } },
    {
      cache,
      startWhen: new Promise<never>(() => {}),
      signal: stop.signal,
      onWarning: () => undefined,
      onEvent: () => stop.abort(new Error("it was started")),
    },
  );
  const names = kept.servers.tools.map(({ name }) => name);
  await kept.servers.close();
  return stop.signal.aborted ? "asked" : names;
}

describe("what the cache has of a server", () => {
  test("is read as if the server had listed it", async () => {
    const odd = [null, 7, [], {}, { name: "" }, { name: 5 }, { name: "b", inputSchema: "none" }];
    const twice = { name: "a", inputSchema: { type: "object" } };
    expect(await toolsFrom([...odd, twice, twice])).toEqual(["b", "a"]);
  });

  test("does not count where no server may list it", async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => ({ name: `t${i}` }));
    expect(await toolsFrom(many)).toBe("asked");
  });
});
