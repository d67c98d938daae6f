import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Route } from "../../../src/server/http/route.js";
import { type AskOptions, Served, twoTenants } from "../../support/served.js";

let served: Served;
let cellId = "";
let approvalId = "";
beforeAll(async () => {
  served = await Served.start({
    keys: { ...twoTenants, "run-only": { tenant: "a", scopes: ["run"] } },
    tools: [{ name: "pay", approval: "ask", execute: () => "paid" }],
    tenants: { hasty: { cells: { perMinute: 1 } } },
  });
  const begun = await served.exec("s", "store('n', 1); text('secret'); await tools.pay({})", {
    yieldOnApproval: true,
  });
  ({ cellId } = begun.json);
  const { approvals } = (await served.ask("GET", "/v1/approvals")).json;
  ({ approvalId } = approvals[0]);
});
afterAll(() => served[Symbol.asyncDispose]());

/** Sends bytes as they are, and gives all that comes back until the server closes the connection. */
async function raw(...parts: readonly string[]): Promise<string> {
  const socket = await connected();
  for (const part of parts) socket.write(part);
  return text(socket);
}

async function connected(): Promise<Socket> {
  const socket = connect(Number(new URL(served.url).port), "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** What may be asked of one cell, session or question. */
function asks(cell: string, approval: string): readonly (readonly [string, string, unknown?])[] {
  return [
    ["POST", `/v1/sessions/s/cells/${cell}/wait`, {}],
    ["POST", `/v1/sessions/s/cells/${cell}/terminate`, {}],
    ["GET", `/v1/sessions/s/cells/${cell}`],
    ["GET", `/v1/sessions/s/cells/${cell}/journal`],
    ["DELETE", `/v1/sessions/s/cells/${cell}`],
    ["POST", `/v1/approvals/${approval}`, { verdict: "approve" }],
    ["GET", `/v1/approvals?cell=${cell}`],
  ];
}

describe("another tenant", () => {
  test("is told of a cell and a question what it is told of those that there never were", async () => {
    const unknown = "00000000-0000-7000-8000-000000000000";
    const told = async (cell: string, approval: string) => {
      const answers: unknown[] = [];
      for (const [method, path, body] of asks(cell, approval)) {
        const { status, text: body_ } = await served.ask(method, path, { key: "b", body });
        const shown = body_.replaceAll(cell, "CELL").replace(/"requestId":"[^"]*"/, "");
        answers.push([status, shown]);
      }
      return answers;
    };
    expect(await told(cellId, approvalId)).toEqual(await told(unknown, unknown));
  });

  test("has no cells, sessions, values and questions of it in its lists", async () => {
    for (const path of ["/v1/cells", "/v1/sessions", "/v1/sessions/s/values", "/v1/approvals"]) {
      const { json } = await served.ask("GET", path, { key: "b" });
      expect(Object.values(json)).toSatisfy(([list]) => Object.keys(list).length === 0);
    }
    expect((await served.ask("DELETE", "/v1/sessions/s", { key: "b" })).json).toEqual({
      deleted: 0,
    });
    expect((await served.ask("GET", "/v1/sessions/s/values")).json).toEqual({ values: {} });
  });

  test("cannot name the tenant, and an administrator can", async () => {
    expect((await served.ask("GET", "/v1/cells?tenant=a", { key: "b" })).status).toBe(403);
    for (const tenant of ["a", "*"]) {
      const { json } = await served.ask("GET", `/v1/cells?tenant=${tenant}`, { key: "admin" });
      expect(json.cells).toMatchObject([{ cellId, tenant: "a", session: "s" }]);
    }
    expect((await served.ask("GET", "/v1/cells", { key: "admin" })).json.cells).toEqual([]);
    expect((await served.ask("GET", "/v1/cells?tenant=a")).json.cells).toMatchObject([{ cellId }]);
  });

  test("of all is none that a session is of, even for an administrator", async () => {
    for (const path of ["/v1/sessions/s/cells?tenant=*", "/v1/sessions/s/values?tenant=*"]) {
      const { status, json } = await served.ask("GET", path, { key: "admin" });
      expect([status, json.error.message]).toEqual([400, "A session is of one tenant."]);
    }
  });
});

describe("a stranger", () => {
  test("is told nothing without a key, not even which paths there are", async () => {
    for (const key of ["", "x", "a.b.c", "A", `${"a".repeat(9000)}`]) {
      for (const path of ["/v1/cells", "/v1/nothing", "/mcp", `/v1/sessions/s/cells/${cellId}`]) {
        const { status, json, headers } = await served.ask("GET", path, { key });
        expect([status, json.error.code]).toEqual([401, "ERR_UNAUTHORIZED"]);
        expect(headers.get("www-authenticate")).toBe('Bearer realm="codecell"');
      }
    }
  });

  test("with a key can do only what its scopes allow", async () => {
    const refused = ["/v1/cells", "/v1/approvals", `/v1/sessions/s/cells/${cellId}/journal`];
    for (const path of refused) {
      expect((await served.ask("GET", path, { key: "run-only" })).status).toBe(403);
    }
    expect((await served.ask("GET", "/v1/tools", { key: "run-only" })).status).toBe(200);
  });

  test("finds no way around a path", async () => {
    const paths = [
      "/v1/sessions/..%2Fs/cells",
      "/v1/sessions/a%2Fs/cells",
      "/v1/sessions/%00/cells",
      "/v1/sessions/%ff/cells",
      "/v1/sessions/%/cells",
      "/v1/sessions//cells",
      `/v1/sessions/${"s".repeat(129)}/cells`,
      `/v1/sessions/${"s".repeat(3000)}/cells`,
      "/v1/sessions/s/cells/",
      "//v1/sessions/s/cells",
      "/V1/sessions/s/cells",
      "/v1/sessions/s/cells;x=1",
      "/v1/sessions/__proto__/cells/x/y",
    ];
    for (const path of paths) {
      const { status } = await served.ask("POST", path, { body: { source: "text(1)" } });
      expect([path.slice(0, 40), status]).toSatisfy(([, told]) => told === 404 || told === 400);
    }
    const dots = await raw(
      "GET /v1/sessions/../../healthz HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer a\r\nconnection: close\r\n\r\n",
    );
    expect(dots).toMatch(/^HTTP\/1.1 404 /);
    const absolute = await raw(
      "GET http://elsewhere/v1/cells HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer a\r\nconnection: close\r\n\r\n",
    );
    expect(absolute).toMatch(/^HTTP\/1.1 404 /);
  });

  test("with a wrong body is told what is wrong with it", async () => {
    const wrong: readonly unknown[] = [
      "{",
      "[]",
      "null",
      '"text"',
      "{}",
      { source: 1 },
      { source: "" },
      { source: "text(1)", sourc: "" },
      '{"source":"text(1)","__proto__":{"language":"typescript"}}',
      { source: "text(1)", language: "python" },
      { source: "text(1)", yieldAfterMs: -1 },
      { source: "text(1)", yieldAfterMs: "soon" },
      { source: "text(1)", limits: { cpuMs: "all" } },
      { source: "text(1)", limits: { nonsense: 1 } },
      { source: "text(1)", requestId: "" },
      { source: "text(1)", requestId: "\ud800" },
    ];
    for (const body of wrong) {
      const { status, json } = await served.ask("POST", "/v1/sessions/w/cells", { body });
      expect([body, status, json?.error.code]).toSatisfy(
        ([, told, code]) => told === 400 && ["ERR_BODY", "ERR_INVALID_OPTION"].includes(code),
      );
    }
    const typed: AskOptions = { body: "source=text(1)", headers: { "content-type": "text/plain" } };
    expect((await served.ask("POST", "/v1/sessions/w/cells", typed)).status).toBe(400);
    expect((await served.ask("GET", "/v1/cells?limit=0")).status).toBe(400);
    expect((await served.ask("GET", "/v1/cells?limit=1&limit=2")).status).toBe(400);
    expect((await served.ask("GET", "/v1/cells?nonsense=1")).status).toBe(400);
    expect((await served.ask("GET", "/v1/cells")).json.cells).toHaveLength(1);
  });

  test("with a body that is too large is refused before it is parsed", async () => {
    const long = { body: { source: " ".repeat(8 * 1024 * 1024) } };
    expect((await served.ask("POST", "/v1/sessions/w/cells", long)).status).toBe(413);
    const many = { body: `{"source":"text(1)","limits":{"x":[${"0,".repeat(30_000)}0]}}` };
    expect((await served.ask("POST", "/v1/sessions/w/cells", many)).status).toBe(413);
    const endless = await raw(
      "POST /v1/sessions/w/cells HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer a\r\n",
      "content-type: application/json\r\ncontent-length: 99999999999\r\n\r\n{",
    );
    expect(endless).toMatch(/^HTTP\/1.1 413 /);
  });

  test("cannot make a header of its own, nor a web page ask", async () => {
    const headers = { "x-request-id": "a b\tc" };
    const { headers: answered } = await served.ask("GET", "/healthz", { headers });
    expect(answered.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    const kept = await served.ask("GET", "/healthz", { headers: { "x-request-id": "mine-1" } });
    expect(kept.headers.get("x-request-id")).toBe("mine-1");
    const page = await served.ask("GET", "/v1/cells", {
      headers: { origin: "https://evil.example" },
    });
    expect(page.status).toBe(403);
    const rebound = await raw(
      "GET /v1/cells HTTP/1.1\r\nhost: evil.example\r\nauthorization: Bearer a\r\nconnection: close\r\n\r\n",
    );
    expect(rebound).toMatch(/^HTTP\/1.1 403 /);
    const smuggled = await raw(
      "POST /v1/sessions/w/cells HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer a\r\n",
      "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    );
    expect(smuggled).toMatch(/^HTTP\/1.1 400 /);
  });

  test("with hundreds of half requests keeps nobody else from being served", async () => {
    const sockets = await Promise.all(Array.from({ length: 300 }, connected));
    for (const socket of sockets) {
      socket.write(
        "POST /v1/sessions/w/cells HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer a\r\n",
      );
      socket.write('content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"source":');
    }
    expect((await served.exec("w", "text('served')")).json.status).toBe("completed");
    for (const socket of sockets) socket.destroy();
  });

  test("that stops reading is cut off, and its cell is not", async () => {
    const asked = request(`${served.url}/v1/sessions/stops/cells`, {
      method: "POST",
      headers: {
        authorization: "Bearer a",
        "content-type": "application/json",
        accept: "text/event-stream",
      },
    });
    asked.on("error", () => {});
    const source = "for (let i = 0; i < 24; i++) text('x'.repeat(1e6));";
    asked.end(JSON.stringify({ source, yieldAfterMs: 1e6, requestId: "stops" }));
    const [response] = await once(asked, "response");
    response.on("error", () => {});
    // Not a byte of it is read until the cell has ended.
    for (;;) {
      const { json } = await served.ask("GET", "/v1/sessions/stops/cells");
      if (json.cells[0]?.status === "completed") break;
    }
    const ended = new Promise<boolean>((resolve) => {
      response.once("close", () => resolve(response.complete));
    });
    response.resume();
    expect(await ended).toBe(false);
    const again = await served.exec("stops", source, { requestId: "stops" });
    expect(again).toMatchObject({ status: 200, json: { status: "completed" } });
    expect(again.json.output).toHaveLength(24);
  });
});

test("a tenant that begins too many cells is told when it may begin the next", async () => {
  await using own = await Served.start({
    keys: { k: { tenant: "hasty", scopes: ["run"] } },
    tenants: { hasty: { cells: { perMinute: 1 } } },
  });
  expect((await own.exec("s", "text(1)", {}, "k")).status).toBe(200);
  const refused = await own.exec("s", "text(1)", {}, "k");
  expect(refused).toMatchObject({ status: 429, json: { error: { code: "ERR_QUOTA" } } });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("what goes wrong in the server is in its log, and not in the answer", async () => {
  const route: Route = {
    method: "GET",
    path: "/breaks",
    access: "anyone",
    handle: () => {
      throw new Error("the password is swordfish");
    },
  };
  await using own = await Served.start({ routes: [route] });
  const { status, text: told } = await own.ask("GET", "/breaks");
  expect(status).toBe(500);
  expect(told).toContain("ERR_INTERNAL");
  expect(told).not.toContain("swordfish");
  expect(own.problems).toMatchObject([{ message: "the password is swordfish" }]);
});
