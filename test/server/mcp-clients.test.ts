import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { CodeModeOptions } from "../../src/index.js";
import type { RouteCall } from "../../src/server/http/route.js";
import { LocalCells } from "../../src/server/local-cells.js";
import { McpClients } from "../../src/server/mcp/mcp-routes.js";
import { Tenants } from "../../src/server/tenants/tenants.js";
import { Held } from "../support/cells.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";

const minuteMs = 60_000;
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

/** Clients of tenants, each by its name in a header, and a clock that stands still. */
async function openClients(tools?: CodeModeOptions["tools"]) {
  const runtimes = new DurableRuntimes();
  const codeMode = await runtimes.next(tools ? { tools } : {});
  const local = new LocalCells({ codeMode });
  const clock = { now: 0 };
  const clients = new McpClients({
    cells: local,
    local,
    tenants: new Tenants({}),
    ready: Promise.resolve(),
    now: () => clock.now,
  });
  const answered: Promise<unknown>[] = [];
  const server = createServer((incoming, response) => {
    answered.push(once(response, "close"));
    const route = clients.routes.find(({ method }) => method === incoming.method);
    const identity = { subject: "s", tenant: String(incoming.headers["tenant"]), scopes: [] };
    void route?.handle({ incoming, response, identity } as unknown as RouteCall);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () => runtimes[Symbol.asyncDispose](),
    () => clients[Symbol.asyncDispose](),
    async () => closeNow(server),
  );
  const ask = async (method: string, tenant: string, body?: object, headers: object = {}) => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      method,
      headers: {
        tenant,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      ...(body && { body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...body }) }),
    });
    const text = await response.text();
    await Promise.all(answered);
    return { text, session: response.headers.get("mcp-session-id") ?? "" };
  };
  const initialize = async (tenant: string): Promise<string> => {
    const clientInfo = { name: "by-hand", version: "1" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    return (await ask("POST", tenant, { method: "initialize", params })).session;
  };
  return { clients, clock, ask, initialize };
}

/** A call of a client without a session, as body and headers. */
function callOf(name: string, args: object, more: object = {}): [object, object] {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "by-hand", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
  };
  const headers = {
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": name,
  };
  const params = { name, arguments: args, ...more, _meta: meta };
  return [{ method: "tools/call", params }, headers];
}

function closeNow(server: Server): void {
  server.closeAllConnections();
  server.close();
}

test("what is kept for a tenant without clients is given up after some minutes", async () => {
  const { clients, clock, ask, initialize } = await openClients();
  const id = { "mcp-session-id": await initialize("a") };
  await initialize("b");
  expect(clients.size).toBe(2);
  clock.now = 30 * minuteMs;
  await clients.dropIdle();
  // They may come back: their sessions have not ended.
  expect(clients.size).toBe(2);
  await ask("DELETE", "a", undefined, id);
  clock.now += 4 * minuteMs;
  await clients.dropIdle();
  expect(clients.size).toBe(2);
  clock.now += minuteMs;
  await clients.dropIdle();
  expect(clients.size).toBe(1);
  expect((await ask("POST", "a", { method: "tools/list" }, id)).text).toContain("no such session");
  expect(await initialize("a")).not.toBe("");
});

test("it is kept while a cell runs that clients without sessions share", async () => {
  const goOn = new Held();
  const { clients, clock, ask } = await openClients({
    gate: { effect: "read", execute: () => goOn.promise },
  });
  const call = (name: string, args: object) => ask("POST", "a", ...callOf(name, args));
  const code = "await tools.gate(); text('end')";
  const { text } = await call("exec", { code, yield_time_ms: 0 });
  expect(text).toContain("Script running");
  const [, cellId] = /cell ID ([\w-]+)/.exec(text) ?? [];
  clock.now = 30 * minuteMs;
  await clients.dropIdle();
  expect(clients.size).toBe(1);
  goOn.resolve();
  expect((await call("wait", { cell_id: cellId })).text).toContain("end");
  clock.now += 5 * minuteMs;
  await clients.dropIdle();
  expect(clients.size).toBe(0);
});

test("the person at a client is asked about a call of its program", async () => {
  const { ask } = await openClients({ pay: { approval: "ask", execute: () => "paid" } });
  const args = { code: "text(await tools.pay())" };
  const asked = resultIn(await ask("POST", "a", ...callOf("exec", args)));
  expect(asked).toMatchObject({ resultType: "input_required" });
  const { inputRequests = {}, requestState } = asked;
  const inputResponses = Object.fromEntries(
    Object.keys(inputRequests).map((id) => [id, { action: "accept", content: {} }]),
  );
  const answered = callOf("exec", args, { inputResponses, requestState });
  expect(JSON.stringify(resultIn(await ask("POST", "a", ...answered)))).toContain("paid");
});

interface Result {
  readonly inputRequests?: object;
  readonly requestState?: string;
}

/** Of an answer as JSON, or as an event. */
function resultIn({ text }: { readonly text: string }): Result {
  const [json = ""] = /\{.*\}/.exec(text) ?? [];
  return (JSON.parse(json) as { readonly result: Result }).result;
}
