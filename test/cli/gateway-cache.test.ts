import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { McpServerConfig } from "../../src/mcp.js";
import { Workspace } from "../support/cli.js";
import { connectOverStdio, exec, textsOf } from "../support/gateway.js";
import { fixtureServer, type McpScript, root } from "../support/mcp.js";

const workspaces: Workspace[] = [];
afterAll(() => {
  for (const workspace of workspaces) workspace[Symbol.dispose]();
});

/** A server that starts when it is let, and a folder for what is kept of it. */
class HeldServer {
  readonly workspace: Workspace = new Workspace();
  readonly config: string;
  readonly caches: string = join(this.workspace.path, "caches");
  readonly #signal: string = join(this.workspace.path, "start");

  constructor(others: Readonly<Record<string, McpServerConfig>> = {}) {
    workspaces.push(this.workspace);
    const fixture = join(root, "test/fixtures/late-mcp-server.mjs");
    const held = { command: process.execPath, args: [fixture, this.#signal] };
    this.config = this.workspace.config({ held, ...others });
  }

  /** @param what - As the fixture's file says. */
  start(what: string | McpScript = ""): void {
    const text = typeof what === "string" ? what : JSON.stringify(what);
    renameSync(this.workspace.file("draft", text), this.#signal);
  }

  hold(): void {
    rmSync(this.#signal);
  }

  /** A client of a gateway of its own, and the news of changed lists that it has had. */
  async connect(...args: readonly string[]) {
    const all = ["--config", this.config, ...args];
    const env = { XDG_CACHE_HOME: this.caches };
    const gateway = await connectOverStdio("legacy", all, {}, env);
    const news = { count: 0, first: Promise.resolve() };
    news.first = new Promise((resolve) => {
      gateway.client.setNotificationHandler("notifications/tools/list_changed", () => {
        news.count += 1;
        resolve();
      });
    });
    return { ...gateway, news };
  }

  /** Lets a gateway start the server once, so that its tools are kept. */
  async startOnce(what: string | McpScript = ""): Promise<void> {
    this.start(what);
    const { client } = await this.connect();
    await client.listTools();
    await client.close();
    this.hold();
  }
}

const adding = (properties: object): McpScript => ({
  answers: {
    "tools/list": {
      result: {
        tools: [
          {
            name: "add",
            inputSchema: { type: "object", properties, required: Object.keys(properties) },
          },
        ],
      },
    },
  },
});

describe("the tools that a server had when it last ran", () => {
  test("are told before it runs again; programs wait for it, and nothing has changed", async () => {
    const server = new HeldServer();
    await server.startOnce();
    const { client, news } = await server.connect();
    const { tools } = await client.listTools();
    expect(tools[0]?.description).toContain("mcp__held__");
    const running = exec(client, "text((await tools.mcp__held__structured({})).a)");
    server.start();
    expect(textsOf(await running)).toEqual(["1"]);
    expect(news.count).toBe(0);
    expect((await client.listTools()).tools).toEqual(tools);
  });

  test("are no more than told: a server that takes other inputs now gets those, and the client is told", async () => {
    const server = new HeldServer();
    await server.startOnce(adding({ a: { type: "number" } }));
    const { client, news } = await server.connect();
    const { tools } = await client.listTools();
    const running = exec(
      client,
      `text(await tools.mcp__held__add({ b: "one" }));
       text(await tools.mcp__held__add({ a: 1 }).catch((error) => error.message));`,
    );
    server.start(adding({ b: { type: "string" } }));
    const [sum, refusal] = textsOf(await running);
    expect(JSON.parse(sum ?? "")).toMatchObject({ name: "add", arguments: { b: "one" } });
    expect(refusal).toContain("'b'");
    await news.first;
    expect((await client.listTools()).tools).not.toEqual(tools);
    expect(news.count).toBe(1);
  });

  test("fail with the reason if it does not start any more", async () => {
    const server = new HeldServer();
    await server.startOnce();
    const { client } = await server.connect();
    server.start("exit");
    const result = await exec(
      client,
      "text(await tools.mcp__held__text({}).catch((error) => error.message))",
    );
    expect(textsOf(result)[0]).toContain("cannot find my database");
  });

  test("are waited for where one of several servers is not known", async () => {
    const known = new HeldServer();
    await known.startOnce();
    const both = new HeldServer(configOf(known));
    both.start();
    // The cache of the first one knows its server, and not the second one's.
    const { client } = await connectOverStdio(
      "legacy",
      ["--config", both.config],
      {},
      {
        XDG_CACHE_HOME: known.caches,
      },
    );
    const { tools } = await client.listTools();
    expect(tools[0]?.description).toContain("mcp__held__");
    expect(tools[0]?.description).toContain("mcp__known__");
  });

  test("are not kept with --no-tool-cache", async () => {
    const server = new HeldServer();
    server.start();
    const { client } = await server.connect("--no-tool-cache");
    await client.listTools();
    await client.close();
    expect(readdirSync(server.workspace.path)).not.toContain("caches");
  });
});

/** The server of another config, under another name. */
function configOf(server: HeldServer): Readonly<Record<string, McpServerConfig>> {
  const fixture = join(root, "test/fixtures/late-mcp-server.mjs");
  const signal = join(server.workspace.path, "start");
  return { known: { command: process.execPath, args: [fixture, signal] } };
}

test("a client without sessions that calls exec before anything else is answered", async () => {
  using workspace = new Workspace();
  const config = workspace.config({ fixture: fixtureServer() });
  const env = { XDG_CACHE_HOME: join(workspace.path, "caches") };
  for (const start of ["the first", "with kept tools"]) {
    const { client } = await connectOverStdio("modern", ["--config", config], {}, env);
    const result = await exec(client, "text(await tools.mcp__fixture__text({}));");
    expect([start, ...textsOf(result)]).toEqual([start, "plain"]);
    await client.close();
  }
}, 180_000);
