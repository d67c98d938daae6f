import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askServer, tellServer } from "../../src/server/cluster/hop-client.js";
import { HopKey } from "../../src/server/cluster/hop-key.js";
import { hopPath } from "../../src/server/cluster/hop-message.js";
import { HopServer } from "../../src/server/cluster/hop-server.js";
import { LocalCells } from "../../src/server/local-cells.js";
import { sqliteStore } from "../../src/sqlite.js";
import { Held } from "../support/cells.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";
import { Place, storeWith } from "../support/store-place.js";

const key = new HopKey("the same for all");
const request = {
  action: "exec",
  tenant: "t",
  session: "s",
  source: 'text("ran")',
  requestId: "r",
} as const;

let runtimes: DurableRuntimes;
const open: Server[] = [];
beforeEach(() => {
  runtimes = new DurableRuntimes();
});
afterEach(async () => {
  for (const server of open.splice(0)) server.closeAllConnections();
  await runtimes[Symbol.asyncDispose]();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server whose run has the id "own". */
async function listenHops(ownKey: HopKey | undefined = key): Promise<string> {
  const local = new LocalCells({ codeMode: await runtimes.next() });
  const hops = new HopServer({ local, key: ownKey, serverId: "own" });
  return listen((incoming, response) => {
    if (hops.takes(incoming)) void hops.answer(incoming, response);
    else response.writeHead(200).end("the others");
  });
}

const right = {
  authorization: key.header,
  "x-codecell-hop": "1",
  "x-codecell-server": "own",
};

function post(
  address: string,
  headers: Record<string, string>,
  { path = hopPath, body = JSON.stringify(request) as string | Uint8Array } = {},
): Promise<Response> {
  return fetch(address + path, { method: "POST", headers, body });
}

describe("a server that another asks", () => {
  test("does what it is asked for", async () => {
    const address = await listenHops();
    const ids: string[] = [];
    const onCellId = (id: string): void => void ids.push(id);
    const outcome = await askServer({ id: "own", address }, key, request, { onCellId });
    expect(outcome).toMatchObject({ status: "completed", output: [{ text: "ran" }] });
    expect(ids).toEqual([outcome.cellId]);
    const wait = { action: "wait", tenant: "t", session: "s", cellId: outcome.cellId } as const;
    expect(await askServer({ id: "own", address }, key, { ...wait, after: 0 }, {})).toMatchObject({
      output: [{ text: "ran" }],
    });
    const otherSource = { ...request, source: "text(2)" };
    await expect(askServer({ id: "own", address }, key, otherSource, {})).rejects.toMatchObject({
      name: "CodeModeError",
      code: "ERR_INVALID_OPTION",
    });
  });

  test("goes on with a cell as soon as it is told of a decision, and does not wait until it looks", async () => {
    const looked = new Held();
    const told = new Held();
    let isTold = false;
    const place = new Place((store) =>
      storeWith(store, {
        // A look that takes so long that no other one follows.
        approvals: async (query) => {
          if (!isTold && query?.approvalIds !== undefined) {
            looked.resolve();
            await told.promise;
          }
          return store.approvals(query);
        },
      }),
    );
    const codeMode = await place.open({
      tools: { pay: { approval: "ask", execute: () => "paid" } },
    });
    await using _place = { [Symbol.asyncDispose]: () => place.close() };
    const local = new LocalCells({ codeMode });
    const hops = new HopServer({ local, key, serverId: "own" });
    const address = await listen((incoming, response) => void hops.answer(incoming, response));
    const name = { tenant: "t", session: "s" };
    const first = await local.exec(name, "text(await tools.pay())", { yieldOnApproval: true });
    const { cellId } = first;
    const [{ approvalId } = { approvalId: "" }] = await codeMode.approvals({ cellId });
    await looked.promise;
    // As another process does it.
    const other = sqliteStore(place.file);
    await other.decide(approvalId, { at: 1, body: JSON.stringify({ verdict: "approve" }) });
    await other.close();
    isTold = true;
    const news = { action: "decided", ...name, cellId, approvalId } as const;
    expect(await tellServer({ id: "own", address }, key, news)).toBe(true);
    const last = await local.wait(name, cellId, { yieldAfterMs: Number.POSITIVE_INFINITY });
    expect(last).toMatchObject({ status: "completed", output: [{ text: "paid" }] });
    told.resolve();
    expect(await tellServer({ id: "other", address }, key, news)).toBe(false);
    expect(await tellServer({ id: "own", address: "http://127.0.0.1:1" }, key, news)).toBe(false);
  });

  test.each<[string, Record<string, string>]>([
    ["no key", { "x-codecell-hop": "1", "x-codecell-server": "own" }],
    ["another key", { ...right, authorization: new HopKey("another").header }],
    ["the secret itself", { ...right, authorization: "Bearer the same for all" }],
    ["a key of a client", { ...right, authorization: "Bearer cck_0123456789" }],
    ["a key that is longer", { ...right, authorization: `${key.header}=` }],
  ])("says to who has %s that there is nothing", async (_, headers) => {
    const address = await listenHops();
    for (const path of [hopPath, "/internal/v1/other", "/internal/"]) {
      const response = await post(address, headers, { path });
      expect({ status: response.status, text: await response.text() }).toEqual({
        status: 404,
        text: "",
      });
    }
  });

  test("says to everybody that there is nothing where it has no secret", async () => {
    const local = new LocalCells({ codeMode: await runtimes.next() });
    const hops = new HopServer({ local, key: undefined, serverId: "own" });
    const address = await listen((incoming, response) => void hops.answer(incoming, response));
    for (const authorization of [key.header, "", "Bearer ", "Bearer undefined"]) {
      expect((await post(address, { ...right, authorization })).status).toBe(404);
    }
  });

  test.each<[number, Record<string, string>, { path?: string; body?: string | Uint8Array }]>([
    [421, { ...right, "x-codecell-server": "another run" }, {}],
    [400, { authorization: key.header, "x-codecell-server": "own" }, {}],
    [501, right, { path: "/internal/v2/cells" }],
    [501, right, { path: `${hopPath}/../cells?x` }],
    [400, right, { body: "{" }],
    [400, right, { body: "null" }],
    [400, right, { body: JSON.stringify({ ...request, tenant: "t/u" }) }],
    [400, right, { body: JSON.stringify({ ...request, session: "../s" }) }],
    [400, right, { body: JSON.stringify({ ...request, action: "forget" }) }],
    [400, right, { body: JSON.stringify({ ...request, source: 1 }) }],
    [400, right, { body: JSON.stringify({ ...request, action: "wait" }) }],
    [400, right, { body: JSON.stringify({ ...request, action: "decided", cellId: "c" }) }],
    [400, right, { body: new Uint8Array([0xff, 0xfe]) }],
  ])("refuses with %i what it cannot answer (%#)", async (status, headers, options) => {
    const address = await listenHops();
    expect((await post(address, headers, options)).status).toBe(status);
  });
});

describe("a server that asks another", () => {
  test.each<[string, RequestListener, RegExp]>([
    ["refuses", (_, response) => response.writeHead(421).end(), /asked: (?!undefined)/],
    [
      "is something else",
      (_, response) => response.writeHead(502).end("<html>"),
      /it has answered with the status 502$/,
    ],
    ["answers with no line", (_, response) => response.writeHead(200).end(), /has no end$/],
    ["answers with no JSON", (_, response) => response.writeHead(200).end("nonsense\n"), /JSON/],
    [
      "ends before its answer does",
      (_, response) => response.writeHead(200).end('{"type":"ping"}\n{"type":"outcome"'),
      /: its answer has no end$/,
    ],
    [
      "goes in the middle",
      (_, response) => {
        response.writeHead(200).write('{"type":"ping"}\n', () => response.destroy());
      },
      /: (UND_ERR_SOCKET|ECONNRESET)$/,
    ],
    ["is gone at once", (incoming) => incoming.destroy(), /: (UND_ERR_SOCKET|ECONNRESET)$/],
  ])("says that it is lost where it %s, and why", async (_, listener, why) => {
    const address = await listen(listener);
    const asked = askServer({ id: "own", address }, key, request, {});
    await expect(asked).rejects.toMatchObject({
      name: "HopLost",
      message: expect.stringMatching(why),
    });
    await expect(asked).rejects.toThrow(`The server at ${address} cannot be asked: `);
  });

  test("says by the code of the system that nobody is there", async () => {
    const address = await listen(() => {});
    await new Promise((resolve) => open.pop()?.close(resolve));
    await expect(askServer({ id: "own", address }, key, request, {})).rejects.toThrow(
      `The server at ${address} cannot be asked: ECONNREFUSED`,
    );
  });

  test("does not take its key to where it is redirected", async () => {
    const taken: unknown[] = [];
    const elsewhere = await listen((incoming, response) => {
      taken.push(incoming.headers.authorization);
      response.end();
    });
    const address = await listen((_, response) =>
      response.writeHead(307, { location: elsewhere }).end(),
    );
    await expect(askServer({ id: "own", address }, key, request, {})).rejects.toThrow(/be asked/);
    expect(taken).toEqual([]);
  });

  test("leaves where who asked has left", async () => {
    const left = new Held();
    const gone = new AbortController();
    const address = await listen((_, response) => {
      response.once("close", () => left.resolve());
      response.writeHead(200).write('{"type":"ping"}\n', () => gone.abort(new Error("gone")));
    });
    const asked = askServer({ id: "own", address }, key, request, { signal: gone.signal });
    await expect(asked).rejects.toThrow("gone");
    await left.promise;
  });
});
