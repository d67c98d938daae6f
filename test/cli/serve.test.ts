import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type RunningCli, runCli, startCli, Workspace } from "../support/cli.js";
import { fixtureServer, root } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
let files = 0;

function newStore(): string {
  files += 1;
  return join(workspace.path, `${files}.db`);
}

/** Starts processes one after another, which takes long on a busy machine. */
const timeoutMs = 180_000;

const onThreads = ["--isolation", "thread"];

interface StartedServer {
  readonly url: string;
  readonly cli: RunningCli;
}

async function startServer(...args: readonly string[]): Promise<StartedServer> {
  const cli = startCli(["serve", "--listen", "127.0.0.1:0", ...onThreads, ...args]);
  await cli.watch.seen("try: curl");
  const line = cli.watch.lines.find((text) => text.startsWith("serving ")) ?? "";
  return { url: line.replace("serving ", ""), cli };
}

// biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at by what is expected.
async function post(url: string, body: object, key = ""): Promise<any> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function waitToEnd(url: string): Promise<unknown> {
  for (;;) {
    const outcome = await post(url, { after: 0, yieldAfterMs: 60_000 });
    if (outcome.status !== "yielded") return outcome;
  }
}

/** A webhook that leaves its first call unanswered, and answers those after it. */
class Webhook {
  readonly asked: Promise<unknown>;
  readonly keys: unknown[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.keys.push(request.headers["idempotency-key"]);
      if (this.keys.length === 1) return;
      response.writeHead(200, { "content-type": "application/json" }).end('"two"');
    });
    this.asked = once(this.#server, "request");
  }

  /** A config in which programs have it as the tool `finish`. */
  async config(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    const { port } = this.#server.address() as AddressInfo;
    const secret = `whsec_${Buffer.alloc(32).toString("base64")}`;
    const url = `http://127.0.0.1:${port}/finish`;
    const webhook = { name: "finish", url, secret, effect: "idempotent" };
    files += 1;
    return workspace.file(`webhook-${files}.json`, JSON.stringify({ webhooks: [webhook] }));
  }

  [Symbol.dispose](): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const source = `
  text("one");
  store("half", true);
  text(await tools.finish({}));`;

describe("codecell serve", () => {
  test(
    "a cell goes on in the next server when its own is killed",
    async () => {
      using webhook = new Webhook();
      const used = ["--store", newStore(), "--config", await webhook.config()];
      const first = await startServer(...used);
      const begun = await post(`${first.url}/v1/sessions/s/cells`, { source, yieldAfterMs: 0 });
      expect(begun.status).toBe("yielded");
      await webhook.asked;
      first.cli.child.kill("SIGKILL");
      expect(await first.cli.ended).toMatchObject({ signal: "SIGKILL" });
      const { url } = await startServer(...used);
      expect(await waitToEnd(`${url}/v1/sessions/s/cells/${begun.cellId}/wait`)).toMatchObject({
        status: "completed",
        output: [{ text: "one" }, { text: "two" }],
      });
      // Both calls are one for who is called.
      expect(webhook.keys).toEqual([expect.any(String), webhook.keys[0]]);
      const next = await post(`${url}/v1/sessions/s/cells`, { source: "text(load('half'))" });
      expect(next.output).toEqual([{ type: "text", text: "true" }]);
    },
    timeoutMs,
  );

  test(
    "SIGTERM leaves what does not end in time in the store, and tells who waits to wait again",
    async () => {
      using webhook = new Webhook();
      const used = ["--store", newStore(), "--config", await webhook.config()];
      const first = await startServer(...used, "--drain", "1");
      const path = "/v1/sessions/s/cells";
      const begun = await post(first.url + path, { source, yieldAfterMs: 0 });
      await webhook.asked;
      const waiting = post(`${first.url}${path}/${begun.cellId}/wait`, { yieldAfterMs: 200_000 });
      // The wait has arrived when another is refused.
      for (;;) {
        const other = await post(`${first.url}${path}/${begun.cellId}/wait`, { yieldAfterMs: 0 });
        if (other.error?.code === "ERR_CELL_BUSY") break;
      }
      first.cli.child.kill("SIGTERM");
      const told = await waiting;
      expect([told.status, told.error?.code]).toSatisfy(
        ([status, code]) => status === "yielded" || code === "ERR_DRAINING",
      );
      expect(await first.cli.ended).toMatchObject({ code: 0 });
      const { url } = await startServer(...used);
      const cell = await (await fetch(`${url}${path}/${begun.cellId}`)).json();
      expect(cell).toMatchObject({ status: "open" });
    },
    timeoutMs,
  );

  test(
    "a key that it has made opens it, for a tenant with its own tools and limits",
    async () => {
      const made = await runCli([
        "serve",
        "key",
        "--id",
        "ci",
        "--tenant",
        "acme",
        "--scope",
        "run",
      ]);
      expect(made.code).toBe(0);
      const key = made.stdout.trim();
      expect(key).toMatch(/^cck_[\w-]{43}$/);
      const entry = JSON.parse(made.stderr.split("\n").find((line) => line.startsWith("{")) ?? "");
      expect(entry).toMatchObject({ id: "ci", tenant: "acme", scopes: ["run"] });
      expect(JSON.stringify(entry)).not.toContain(key);
      const other = { ...entry, id: "other", tenant: "other", sha256: "0".repeat(64) };
      const config = workspace.file(
        "serve.json",
        JSON.stringify({
          keys: [entry, other],
          tenants: { acme: { limits: { outputBytes: 100 } } },
          mcpServers: {
            acme: { ...fixtureServer(), tenants: ["acme"] },
            others: { ...fixtureServer(), tenants: ["other"] },
          },
        }),
      );
      const { url } = await startServer("--store", newStore(), "--config", config);
      const path = `${url}/v1/sessions/s/cells`;
      expect((await post(path, { source: "text(1)" })).error.code).toBe("ERR_UNAUTHORIZED");
      const tools = "text(ALL_TOOLS.map(({ name }) => name.split('__')[1]).join())";
      const named = await post(path, { source: tools }, key);
      expect(named.output[0].text).toMatch(/^acme(,acme)*$/);
      const long = await post(path, { source: "text('x'.repeat(101))" }, key);
      expect(long.error.code).toBe("ERR_CELL_OUTPUT_LIMIT");
    },
    timeoutMs,
  );

  test("it does not serve other machines without keys, and says what to do", async () => {
    const args = ["serve", "--store", newStore(), "--listen", "0.0.0.0:0"];
    const { code, stderr } = await runCli(args);
    expect(code).toBe(2);
    expect(stderr).toContain("codecell serve key");
  });

  test.each([
    [{ keys: [{ id: "a", tenant: "A", scopes: ["run"], sha256: "x" }] }, "keys.0.tenant"],
    [
      { keys: [{ id: "a", tenant: "a", scopes: ["fly"], sha256: "0".repeat(64) }] },
      "keys.0.scopes.0",
    ],
    [{ kyes: [] }, "kyes is not known"],
    [{ tenants: { a: { limits: { nonsense: 1 } } } }, "nonsense"],
    [{ tenants: { a: { cells: { running: 0 } } } }, "tenants.a.cells.running"],
    [{ jwt: { jwks: "none.json", issuer: "i", audience: "a" } }, "none.json"],
    [{ mcpServers: { x: { command: "x", tenants: "a" } } }, "mcpServers.x.tenants"],
  ])("it says what is wrong in the config: %j", async (config, told) => {
    const file = workspace.file("wrong.json", JSON.stringify(config));
    const { code, stderr } = await runCli(["serve", "--store", newStore(), "--config", file]);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });

  test("it says what is wrong with its arguments", async () => {
    expect(await runCli(["serve"], { env: { CODECELL_STORE: "" } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--store"),
    });
    expect(await runCli(["serve", "--store", "x", "--listen", "8080"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("HOST:PORT"),
    });
    expect(await runCli(["serve", "key", "--scope", "fly"])).toMatchObject({ code: 2 });
  });
});

test(
  "its page has the config that it takes, and the routes that it serves",
  async () => {
    const page = readFileSync(join(root, "docs/serve.md"), "utf8");
    const [, shown = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const config = workspace.file("shown.json", shown);
    const { url } = await startServer("--store", newStore(), "--config", config);
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
    for (const path of Object.keys(document.paths)) expect(page).toContain(path);
  },
  timeoutMs,
);
