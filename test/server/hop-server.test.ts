import { once } from "node:events";
import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http";
import { type AddressInfo, connect, Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import type { CellEvent, CellOutcome } from "../../src/index.js";
import type { CellService, ServiceExecOptions } from "../../src/server/cell-service.js";
import { HopKey } from "../../src/server/cluster/hop-key.js";
import { hopPath } from "../../src/server/cluster/hop-message.js";
import { HopServer } from "../../src/server/cluster/hop-server.js";
import { ServiceError } from "../../src/server/service-error.js";
import { Held } from "../support/cells.js";

const key = new HopKey("the same for all");
const right = {
  authorization: key.header,
  "x-codecell-hop": "1",
  "x-codecell-server": "own",
};
const exec = { action: "exec", tenant: "t", session: "s", source: "1", requestId: "r" };
const missing: CellOutcome = { status: "missing", cellId: "c", reason: "unknown" };
const maxBytes = 64 * 1024 * 1024;

/** Cells that note what is asked of them, and do what a test says. */
class NotedCells implements CellService {
  readonly asked: unknown[] = [];
  /** Of exec and wait. */
  answer: (options: ServiceExecOptions) => Promise<CellOutcome> = async () => missing;

  exec(...asked: Parameters<CellService["exec"]>): Promise<CellOutcome> {
    this.asked.push(["exec", ...asked]);
    return this.answer(asked[2]);
  }

  wait(...asked: Parameters<CellService["wait"]>): Promise<CellOutcome> {
    this.asked.push(["wait", ...asked]);
    return this.answer(asked[2]);
  }

  async terminate(...asked: Parameters<CellService["terminate"]>): Promise<CellOutcome> {
    this.asked.push(["terminate", ...asked]);
    return missing;
  }

  async runningIn(): Promise<undefined> {}

  async decided(...asked: Parameters<CellService["decided"]>): Promise<boolean> {
    this.asked.push(["decided", ...asked]);
    return true;
  }

  async drain(): Promise<void> {}
}

const open: Server[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function hopsTo(local: CellService): HopServer {
  return new HopServer({ local, key, serverId: "own" });
}

async function listen(local: CellService): Promise<string> {
  const server = createServer(
    (incoming, response) => void hopsTo(local).answer(incoming, response),
  );
  open.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${hopPath}`;
}

/** The lines of an answer, without what only says that it is alive. */
async function linesOf(local: CellService, request: object): Promise<readonly unknown[]> {
  const url = await listen(local);
  const body = JSON.stringify(request);
  const response = await fetch(url, { method: "POST", headers: right, body });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  expect(response.headers.get("cache-control")).toBe("no-store");
  const lines = (await response.text()).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)).filter(({ type }) => type !== "ping");
}

/** A request as Node gives it, of which no byte goes over a socket. */
function requestOf(...parts: readonly Uint8Array[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: "POST", url: hopPath, headers: right });
  for (const part of parts) request.push(part);
  request.push(null);
  return request;
}

test("only paths below /internal/ are another server's", () => {
  const takes = (url: string): boolean => {
    const request = requestOf();
    request.url = url;
    return hopsTo(new NotedCells()).takes(request);
  };
  expect([hopPath, "/internal/", "/internal", "/v1/internal/"].map(takes)).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
});

describe("what a server is asked by another", () => {
  test("is done with all that was asked for", async () => {
    const cells = new NotedCells();
    const limits = { cpuMs: 7 };
    const how = { yieldAfterMs: null, yieldOnApproval: true };
    expect(await linesOf(cells, { ...exec, ...how, limits })).toEqual([
      { type: "outcome", outcome: missing },
    ]);
    await linesOf(cells, { ...exec, action: "wait", cellId: "c", yieldAfterMs: 5, after: 3 });
    await linesOf(cells, { ...exec, action: "terminate", cellId: "c" });
    const name = { tenant: "t", session: "s" };
    expect(cells.asked).toEqual([
      [
        ...["exec", name, "1"],
        expect.objectContaining({
          ...{ yieldAfterMs: Number.POSITIVE_INFINITY, yieldOnApproval: true },
          ...{ requestId: "r", limits },
        }),
      ],
      ["wait", name, "c", expect.objectContaining({ yieldAfterMs: 5, after: 3 })],
      ["terminate", name, "c"],
    ]);
  });

  test("is told with the cell's id, and its events where they are wanted", async () => {
    const cells = new NotedCells();
    const event = { type: "started", cellId: "c" } as CellEvent;
    cells.answer = async ({ onCellId, onEvent }) => {
      onCellId?.("c");
      onEvent?.(event);
      return missing;
    };
    const ends = [{ type: "outcome", outcome: missing }];
    const id = { type: "cellId", cellId: "c" };
    expect(await linesOf(cells, exec)).toEqual([id, ...ends]);
    expect(await linesOf(cells, { ...exec, wantsEvents: true })).toEqual([
      ...[id, { type: "event", event }],
      ...ends,
    ]);
  });

  test.each([
    [
      new ServiceError("ERR_QUOTA", "Later.", { retryAfterMs: 5 }),
      { of: "service", code: "ERR_QUOTA", message: "Later.", retryAfterMs: 5 },
    ],
    [
      new CodeModeError("ERR_CELL_BUSY", "It is busy."),
      { of: "cell", code: "ERR_CELL_BUSY", message: "It is busy." },
    ],
    [new Error("odd"), { of: "unknown", code: "", message: expect.stringContaining("odd") }],
  ])("is told as the error that it is: %s", async (thrown, line) => {
    const cells = new NotedCells();
    cells.answer = () => Promise.reject(thrown);
    expect(await linesOf(cells, exec)).toEqual([{ type: "error", ...line }]);
  });

  test("is observed no longer than who asks is there", async () => {
    const cells = new NotedCells();
    const [asked, left] = [new Held<AbortSignal | undefined>(), new Held()];
    cells.answer = async ({ signal }) => {
      asked.resolve(signal);
      signal?.addEventListener("abort", () => left.resolve());
      await left.promise;
      return missing;
    };
    const gone = new AbortController();
    const body = JSON.stringify(exec);
    const request = { method: "POST", headers: right, body, signal: gone.signal };
    const response = await fetch(await listen(cells), request);
    expect((await asked.promise)?.aborted).toBe(false);
    gone.abort();
    await left.promise;
    await expect(response.text()).rejects.toThrow();
  });

  test("shows every two seconds that it is at work, until it has answered", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const cells = new NotedCells();
    const held = new Held<CellOutcome>();
    cells.answer = () => held.promise;
    const body = JSON.stringify(exec);
    const response = await fetch(await listen(cells), { method: "POST", headers: right, body });
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(4000);
    held.resolve(missing);
    const ping = '{"type":"ping"}\n';
    expect(await response.text()).toBe(
      `${ping.repeat(3)}${JSON.stringify({ type: "outcome", outcome: missing })}\n`,
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ["another method", "PUT", right, exec],
    ["a hop of another kind", "POST", { ...right, "x-codecell-hop": "2" }, exec],
    ["no requestId", "POST", right, { ...exec, requestId: undefined }],
    ["no id of a cell", "POST", right, { ...exec, action: "terminate" }],
    ["a text", "POST", right, "text"],
    ["no tenant", "POST", right, { ...exec, tenant: 1 }],
    ["no session", "POST", right, { ...exec, session: undefined }],
    ["another action", "POST", right, { ...exec, action: "drain", cellId: "c" }],
  ])("is refused where it has %s", async (_, method, headers, request) => {
    const cells = new NotedCells();
    const body = JSON.stringify(request);
    const response = await fetch(await listen(cells), { method, headers, body });
    expect([response.status, response.headers.get("connection")]).toEqual([400, "close"]);
    expect(cells.asked).toEqual([]);
  });

  test.each([
    [0, 200, 1],
    [1, 400, 0],
  ])("may be 64 MiB long: %i bytes more are answered with %i", async (more, status, count) => {
    const cells = new NotedCells();
    const request = Buffer.from(JSON.stringify(exec));
    const incoming = requestOf(Buffer.alloc(maxBytes - request.length + more, " "), request);
    const response = new ServerResponse(incoming);
    await hopsTo(cells).answer(incoming, response);
    expect([response.statusCode, cells.asked.length]).toEqual([status, count]);
  });

  test("is given up where who asks does not read what comes", async () => {
    const cells = new NotedCells();
    const text = "x".repeat(maxBytes / 2);
    const isGone: (boolean | undefined)[] = [];
    const left = new Held();
    cells.answer = async ({ onEvent, signal }) => {
      signal?.addEventListener("abort", () => left.resolve());
      for (let i = 0; i < 4; i++) {
        onEvent?.({ type: "started", cellId: text } as CellEvent);
        await new Promise(setImmediate);
        isGone.push(signal?.aborted);
      }
      await left.promise;
      return missing;
    };
    const { port } = new URL(await listen(cells));
    const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
    const body = JSON.stringify({ ...exec, wantsEvents: true });
    const headers = Object.entries({ ...right, host: "h", "content-length": body.length });
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST ${hopPath} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
    await left.promise;
    expect(isGone[0]).toBe(false);
    socket.destroy();
  });
});
