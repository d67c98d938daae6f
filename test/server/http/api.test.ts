import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Served, twoTenants } from "../../support/served.js";

let served: Served;
let open: () => void = () => {};
beforeAll(async () => {
  served = await Served.start({
    keys: twoTenants,
    tools: [
      {
        name: "gate",
        effect: "read",
        description: "Waits.",
        execute: () =>
          new Promise<void>((resolve) => {
            open = resolve;
          }),
      },
      { name: "pay", approval: "ask", execute: () => "paid" },
      { name: "onlyB", tenants: ["b"], execute: () => "b" },
    ],
  });
});
afterAll(() => served[Symbol.asyncDispose]());

describe("cells over HTTP", () => {
  test("a program's outcome is the answer, and what it stored is there for the next", async () => {
    const first = await served.exec("s1", "store('n', { a: 1 }); text('one')");
    expect(first).toMatchObject({
      status: 200,
      json: { status: "completed", output: [{ text: "one" }], cursor: 1 },
    });
    expect((await served.exec("s1", "text(load('n').a)")).json.output).toEqual([
      { type: "text", text: "1" },
    ]);
    expect((await served.ask("GET", "/v1/sessions/s1/values")).json).toEqual({
      values: { n: { a: 1 } },
    });
  });

  test("types of TypeScript are erased where the language says so, and a fault is told", async () => {
    const source = "const n: number = 1; text(n)";
    const typescript = { language: "typescript" };
    expect((await served.exec("s", source, typescript)).json.status).toBe("completed");
    expect((await served.exec("s", source)).json.status).toBe("failed");
    expect((await served.exec("s", "enum A { B }", typescript)).json.error).toMatchObject({
      code: "ERR_BODY",
    });
  });

  test("a cell that has yielded is waited for, with all output after a cursor", async () => {
    const { cellId, cursor } = (
      await served.exec("s", "text('one'); await yield_control(); text('two')")
    ).json;
    expect(cursor).toBe(1);
    const path = `/v1/sessions/s/cells/${cellId}/wait`;
    const wait = async (after: number) =>
      (await served.ask("POST", path, { body: { after } })).json.output;
    expect(await wait(1)).toMatchObject([{ text: "two" }]);
    expect(await wait(0)).toMatchObject([{ text: "one" }, { text: "two" }]);
  });

  test("a cell is ended", async () => {
    const { cellId } = (await served.exec("s", "await tools.gate({})", { yieldAfterMs: 0 })).json;
    const path = `/v1/sessions/s/cells/${cellId}/terminate`;
    expect((await served.ask("POST", path, { body: {} })).json).toMatchObject({
      status: "terminated",
      reason: "requested",
    });
  });

  test("a request that is sent again, by requestId or Idempotency-Key, is one cell", async () => {
    const source = "text('once')";
    const { cellId } = (await served.exec("s", source, { requestId: "r1" })).json;
    const body = { source };
    const headers = { "idempotency-key": "r1" };
    const again = await served.ask("POST", "/v1/sessions/s/cells", { body, headers });
    expect(again.json).toMatchObject({ cellId, output: [{ text: "once" }] });
    const other = { body: { source, requestId: "r2" }, headers };
    expect((await served.ask("POST", "/v1/sessions/s/cells", other)).status).toBe(400);
  });

  test("events come before the outcome where the client takes them", async () => {
    const headers = { accept: "text/event-stream" };
    const body = { source: "text('one')" };
    const { text } = await served.ask("POST", "/v1/sessions/s/cells", { body, headers });
    const events = text
      .trim()
      .split("\n\n")
      .map((event) => {
        const [, name = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? [];
        return { name, data: JSON.parse(data) };
      });
    expect(events.map(({ name, data }) => data.type ?? name)).toEqual([
      "accepted",
      "started",
      "output",
      "ended",
      "outcome",
    ]);
    expect(events.at(1)?.data.sessionId).toBe("s");
    expect(events.at(-1)?.data).toMatchObject({ status: "completed", output: [{ text: "one" }] });
  });

  test("an error comes as an event where events were asked for", async () => {
    const headers = { accept: "text/event-stream" };
    const body = { source: "text(1)", limits: { nonsense: 1 } };
    const { status, text } = await served.ask("POST", "/v1/sessions/s/cells", { body, headers });
    expect(status).toBe(200);
    expect(text).toMatch(/^event: error\ndata: \{"error":\{"code":"ERR_INVALID_OPTION"/m);
  });

  test("a client that leaves leaves its cell, which the next request finds", async () => {
    const leaves = new AbortController();
    const begun = fetch(`${served.url}/v1/sessions/left/cells`, {
      method: "POST",
      signal: leaves.signal,
      headers: {
        authorization: "Bearer a",
        "content-type": "application/json",
        accept: "text/event-stream",
      },
      body: JSON.stringify({ source: "await tools.gate({}); text('end')", yieldAfterMs: 1e6 }),
    });
    const reader = (await begun).body?.pipeThrough(new TextDecoderStream()).getReader();
    let told = "";
    while (!told.includes("toolCallStarted")) told += (await reader?.read())?.value ?? "";
    const [, cellId] = /"cellId":"([^"]+)"/.exec(told) ?? [];
    leaves.abort();
    open();
    for (;;) {
      const { json } = await served.ask("POST", `/v1/sessions/left/cells/${cellId}/wait`, {
        body: { after: 0 },
      });
      // Until the server has noticed that the first has gone.
      if (json.error?.code === "ERR_CELL_BUSY") continue;
      expect(json).toMatchObject({ status: "completed", output: [{ text: "end" }] });
      break;
    }
  });

  test("cells, sessions and journals are listed, and deleted", async () => {
    const { cellId } = (await served.exec("listed", "text('one')")).json;
    const cell = { cellId, tenant: "a", session: "listed", status: "completed" };
    const path = `/v1/sessions/listed/cells/${cellId}`;
    expect((await served.ask("GET", path)).json).toMatchObject(cell);
    expect((await served.ask("GET", "/v1/sessions/listed/cells")).json).toMatchObject({
      cells: [cell],
    });
    expect((await served.ask("GET", "/v1/cells?state=ended&limit=1")).json.cells).toHaveLength(1);
    const { sessions } = (await served.ask("GET", "/v1/sessions")).json;
    expect(sessions).toContainEqual(
      expect.objectContaining({ tenant: "a", session: "listed", cells: 1, open: 0 }),
    );
    const page = (query: string) => served.ask("GET", `/v1/sessions?limit=1${query}`);
    const { next } = (await page("")).json;
    const second = (await page(`&after=${next}`)).json;
    expect([...(await page("")).json.sessions, ...second.sessions]).toEqual(sessions.slice(0, 2));
    // It says where a list begins, and not whose it is.
    const far = Buffer.from(JSON.stringify([9e15, "a/zzz"])).toString("base64url");
    const { sessions: others } = (
      await served.ask("GET", `/v1/sessions?after=${far}`, { key: "b" })
    ).json;
    expect(others.filter(({ tenant }: { tenant: string }) => tenant !== "b")).toEqual([]);
    for (const made of ["x", "W10", "WzEsMl0", "WzFlOTk5LCJhIl0"]) {
      expect(await page(`&after=${made}`)).toMatchObject({
        status: 400,
        json: { error: { code: "ERR_BODY" } },
      });
    }
    const journal = await served.ask("GET", `${path}/journal`);
    expect(journal.headers.get("content-type")).toBe("application/jsonl; charset=utf-8");
    const kinds = journal.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).kind);
    expect(kinds).toEqual(["opened", "out", "ended"]);
    expect((await served.ask("DELETE", path)).json).toEqual({ deleted: 1 });
    expect((await served.ask("GET", path)).status).toBe(404);
    await served.exec("listed", "store('k', 1)");
    expect((await served.ask("DELETE", "/v1/sessions/listed")).json).toEqual({ deleted: 1 });
    expect((await served.exec("listed", "text(String(load('k')))")).json.output).toMatchObject([
      { text: "undefined" },
    ]);
  });

  test("a call that needs approval is found, decided once, and says who decided", async () => {
    const { cellId, status, pendingApprovals } = (
      await served.exec("pays", "text(await tools.pay({}))", { yieldOnApproval: true })
    ).json;
    expect({ status, pendingApprovals }).toEqual({ status: "yielded", pendingApprovals: ["pay"] });
    const [approval] = (await served.ask("GET", `/v1/approvals?cell=${cellId}`)).json.approvals;
    expect(approval).toMatchObject({ session: "pays", tenant: "a", cellId, tool: "pay" });
    const path = `/v1/approvals/${approval.approvalId}`;
    const decided = await served.ask("POST", path, { body: { verdict: "approve", note: "ok" } });
    expect(decided.json).toMatchObject({
      status: "decided",
      decision: { verdict: "approve", by: "a", note: "ok" },
    });
    const second = await served.ask("POST", path, { body: { verdict: "deny" } });
    expect(second.json).toMatchObject({
      status: "alreadyDecided",
      decision: { verdict: "approve" },
    });
    const end = await served.ask("POST", `/v1/sessions/pays/cells/${cellId}/wait`, { body: {} });
    expect(end.json).toMatchObject({ status: "completed", output: [{ text: "paid" }] });
  });

  test("a tenant is told the tools that its programs have", async () => {
    const names = async (key: string) =>
      (await served.ask("GET", "/v1/tools", { key })).json.tools.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names("a")).toEqual(["gate", "pay"]);
    expect(await names("b")).toEqual(["gate", "pay", "onlyB"]);
    expect((await served.exec("s", "text(await tools.onlyB({}))", {}, "b")).json.output).toEqual([
      { type: "text", text: "b" },
    ]);
    expect((await served.exec("s", "text(await tools.onlyB({}))")).json.status).toBe("failed");
  });

  test("an MCP client of a tenant runs programs, and waits for its tenant's cells only", async () => {
    const call = async (key: string, name: string, args: object) => {
      const { text } = await served.ask("POST", "/mcp", {
        key,
        headers: { accept: "application/json, text/event-stream", "mcp-session-id": await id(key) },
        body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } },
      });
      return text;
    };
    const ids = new Map<string, string>();
    const id = async (key: string): Promise<string> => {
      const known = ids.get(key);
      if (known !== undefined) return known;
      const { headers } = await served.ask("POST", "/mcp", {
        key,
        headers: { accept: "application/json, text/event-stream" },
        body: {
          jsonrpc: "2.0",
          id: 0,
          method: "initialize",
          params: {
            protocolVersion: "2025-06-18",
            capabilities: {},
            clientInfo: { name: "test", version: "1" },
          },
        },
      });
      ids.set(key, headers.get("mcp-session-id") ?? "");
      return ids.get(key) ?? "";
    };
    const first = await call("a", "exec", {
      code: "text('one'); await yield_control(); text('two')",
    });
    const [, cellId] = /cell ID ([\w-]+)/.exec(first) ?? [];
    expect(await call("b", "wait", { cell_id: cellId })).not.toContain("two");
    expect(await call("a", "wait", { cell_id: cellId })).toContain("two");
    // Another's session is none.
    const { status } = await served.ask("POST", "/mcp", {
      key: "b",
      headers: { accept: "application/json, text/event-stream", "mcp-session-id": await id("a") },
      body: { jsonrpc: "2.0", id: 1, method: "tools/list" },
    });
    expect(status).toBe(404);
  });

  test("the server says that it lives and takes cells", async () => {
    expect((await served.ask("GET", "/healthz", { key: "" })).json).toEqual({ status: "ok" });
    expect((await served.ask("GET", "/readyz", { key: "" })).json).toEqual({ status: "ready" });
  });
});

test("a server that is drained is not ready, and takes no cells", async () => {
  await using own = await Served.start();
  await own.server.drain(AbortSignal.abort());
  expect(await own.ask("GET", "/readyz")).toMatchObject({
    status: 503,
    json: { status: "notReady" },
  });
  const refused = await own.exec("s", "text(1)");
  expect(refused).toMatchObject({ status: 503, json: { error: { code: "ERR_DRAINING" } } });
  expect(refused.headers.get("retry-after")).toBe("1");
});
