import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCli, Workspace } from "../support/cli.js";
import { fixtureServer, root } from "../support/mcp.js";

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}

const workspace = new Workspace();
const config = workspace.config({ fixture: fixtureServer() });
const caches = join(workspace.path, "caches");
const answers = join(caches, "codecell", "answers");
/** A tool that the real server does not tell of: who is told of it has been answered before that was loaded. */
const keptTools = [{ name: "exec", inputSchema: { type: "object" }, description: "kept" }];

const initialize = {
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1.0.0" },
  },
};
const initialized = { method: "notifications/initialized" };
const list = { id: 2, method: "tools/list" };

function line(message: object): string {
  return `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
}

function call(id: unknown, code: string): object {
  return { id, method: "tools/call", params: { name: "exec", arguments: { code } } };
}

/** `codecell mcp` and a client that sends what it is told to. */
function connect() {
  const args = ["mcp", "--config", config];
  const { child, ended } = startCli(args, root, { XDG_CACHE_HOME: caches });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ended,
    child,
    stdin: child.stdin,
    next: async () => JSON.parse((await lines.next()).value ?? "{}") as Message,
  };
}

/** The tools that a client is told, by its messages. */
async function toolsTold(client: ReturnType<typeof connect>): Promise<readonly unknown[]> {
  for (;;) {
    const { id, result } = await client.next();
    if (id === list.id) return result?.["tools"] as readonly unknown[];
  }
}

function keep(change: (answers: { tools: object; initialize: Record<string, object> }) => void) {
  const name = readdirSync(answers).find((file) => file.endsWith(".json"));
  const file = join(answers, name ?? "");
  const kept = JSON.parse(readFileSync(file, "utf8"));
  change(kept.answers);
  writeFileSync(file, JSON.stringify(kept));
}

beforeAll(async () => {
  mkdirSync(answers, { recursive: true, mode: 0o700 });
  const news = watch(answers);
  const client = connect();
  client.stdin.write(line(initialize) + line(initialized) + line(list));
  for await (const { filename } of news) if (filename?.endsWith(".json")) break;
  client.stdin.end();
  await client.ended;
});
afterAll(() => workspace[Symbol.dispose]());

test("a client is told again what it was told, and its programs run", async () => {
  const client = connect();
  client.stdin.write(
    line(initialize) + line(initialized) + line(list) + line(call(3, 'text("ok")')),
  );
  const [first, second, third] = [await client.next(), await client.next(), await client.next()];
  expect(first).toMatchObject({ id: 1, result: { protocolVersion: "2025-06-18" } });
  expect(JSON.stringify(second)).toContain("mcp__fixture__");
  // No news of other tools comes between.
  expect(third).toMatchObject({ id: 3 });
  expect(JSON.stringify(third)).toContain("ok");
  client.stdin.end();
  expect(await client.ended).toMatchObject({ code: 0 });
});

test("one who was told of other tools than there are gets the news, and then the tools; half a line waits for its other half", async () => {
  keep((kept) => {
    kept.tools = { tools: keptTools };
  });
  const client = connect();
  const third = line(call(3, "text(1 + 1)"));
  client.stdin.write(line(initialize) + line(list) + line(initialized) + third.slice(0, 40));
  expect(await toolsTold(client)).toEqual(keptTools);
  expect(await client.next()).toMatchObject({ method: "notifications/tools/list_changed" });
  client.stdin.write(third.slice(40));
  expect(JSON.stringify(await client.next())).toContain('"text":"2"');
  client.stdin.write(line(list));
  expect(JSON.stringify(await toolsTold(client))).toContain("mcp__fixture__");
});

test("ids may be used again, also those of requests that were answered first", async () => {
  keep((kept) => {
    kept.tools = { tools: keptTools };
  });
  const client = connect();
  client.stdin.write(line(initialize));
  expect(await client.next()).toMatchObject({ id: 1, result: {} });
  client.stdin.write(line(initialized) + line({ ...list, id: 1 }));
  expect(await client.next()).toMatchObject({ id: 1, result: { tools: {} } });
  client.stdin.write(line(call(1, 'text("again")')));
  let last = await client.next();
  while (last.method !== undefined) last = await client.next();
  expect(last.id).toBe(1);
  expect(JSON.stringify(last)).toContain("again");
});

test("a second initialize is the real server's to answer, as one of a client that is not known", async () => {
  const client = connect();
  const other = {
    ...initialize,
    id: 2,
    params: { ...initialize.params, protocolVersion: "1999-01-01" },
  };
  client.stdin.write(line(initialize) + line(other));
  expect(await client.next()).toMatchObject({ id: 1, result: { protocolVersion: "2025-06-18" } });
  expect((await client.next()).id).toBe(2);
});

test("a version of the protocol that was not asked for before is negotiated", async () => {
  const client = connect();
  const params = { ...initialize.params, protocolVersion: "1999-01-01" };
  client.stdin.write(line({ ...initialize, params }));
  const { result } = await client.next();
  expect(result?.["protocolVersion"]).toMatch(/^20/);
});

test.each([
  ["has sent nothing", ""],
  ["has sent its first request", line(initialize)],
  ["has begun its second", line(initialize) + line(initialized).slice(0, 9)],
  [
    "is not known",
    line({ ...initialize, params: { ...initialize.params, capabilities: { a: {} } } }),
  ],
])("a client that leaves when it %s ends the command, without a fault", async (_, sent) => {
  const client = connect();
  client.stdin.end(sent);
  expect(await client.ended).toMatchObject({ code: 0, stderr: "" });
});

test("a signal ends the command while its client stays", async () => {
  const client = connect();
  client.stdin.write(line(initialize) + line(initialized) + line(call(2, "text(1)")));
  expect(await client.next()).toMatchObject({ id: 1 });
  expect(await client.next()).toMatchObject({ id: 2 });
  client.child.kill("SIGTERM");
  expect(await client.ended).toMatchObject({ code: 0, signal: null });
});

test("a client that reads nothing and leaves ends the command, without a fault", async () => {
  keep((kept) => {
    kept.tools = { tools: [{ ...keptTools[0], description: "x".repeat(200_000) }] };
  });
  const { child, ended } = startCli(["mcp", "--config", config], root, { XDG_CACHE_HOME: caches });
  child.stdout.destroy();
  child.stdin.on("error", () => undefined).end(line(initialize) + line(initialized) + line(list));
  const { stderr } = await ended;
  expect(stderr).toBe("");
});
