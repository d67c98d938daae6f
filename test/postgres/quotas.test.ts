import { expect, test } from "vitest";
import { TenantShares } from "../../src/server/cluster/tenant-shares.js";
import { Held } from "../support/cells.js";
import { PostgresStores } from "../support/postgres-stores.js";
import { TestCluster, type TestServer } from "../support/test-cluster.js";

const postgres = new PostgresStores("quotas");
const name = { tenant: "t", session: "s" };
const atOnce = { yieldAfterMs: 0 };
const untilEnd = { yieldAfterMs: Number.POSITIVE_INFINITY };

function newCluster(): TestCluster {
  return new TestCluster(postgres.server.url, postgres.newSchema());
}

/** A tool that waits until it is let go. */
function gate() {
  const goOn = new Held();
  return { tools: { gate: { effect: "read" as const, execute: () => goOn.promise } }, goOn };
}

/** So many requests at each of the servers, at once; what has come of each. */
function race(servers: readonly TestServer[], count: number, source: string, options = atOnce) {
  const requests = servers.flatMap(({ cells }) =>
    Array.from({ length: count }, () => cells.exec(name, source, options)),
  );
  return Promise.all(
    requests.map((request) =>
      request.then(
        ({ status }) => status,
        (error: { readonly code?: string }) => error.code,
      ),
    ),
  );
}

function count(list: readonly unknown[], what: unknown): number {
  return list.filter((one) => one === what).length;
}

/** Until there is room: who has had it gives it back soon. Other work has its turn between. */
async function execSoon({ cells }: TestServer, source: string) {
  for (;;) {
    try {
      return await cells.exec(name, source, untilEnd);
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== "ERR_QUOTA") throw thrown;
      await new Promise(setImmediate);
    }
  }
}

test("no more cells of a tenant run at all servers together than may, whichever are asked", async () => {
  await using cluster = newCluster();
  const { tools, goOn } = gate();
  const options = { tools, quota: { running: 5 } };
  const servers = [await cluster.add(options), await cluster.add(options)];
  const told = await race(servers, 25, "await tools.gate()");
  expect([count(told, "yielded"), count(told, "ERR_QUOTA")]).toEqual([5, 45]);
  const other = { tenant: "u", session: "s" };
  expect(await servers[0]?.cells.exec(other, "1", untilEnd)).toMatchObject({ status: "completed" });
  goOn.resolve();
  for (const server of servers) {
    expect(await execSoon(server, "1")).toMatchObject({ status: "completed" });
  }
});

test("no more cells of a tenant begin in a minute at all servers together than may", async () => {
  await using cluster = newCluster();
  const options = { quota: { perMinute: 2 } };
  const servers = [await cluster.add(options), await cluster.add(options)];
  const startedAt = performance.now();
  const told = await race(servers, 10, "1", untilEnd);
  const minutes = (performance.now() - startedAt) / 60_000;
  const begun = count(told, "completed");
  expect(begun).toBeGreaterThanOrEqual(2);
  expect(begun).toBeLessThanOrEqual(2 + 2 * minutes);
  expect(count(told, "ERR_QUOTA")).toBe(20 - begun);
  const refused = servers[0]?.cells.exec(name, "1", untilEnd);
  await refused?.then(
    () => expect(minutes).toBeGreaterThan(0.4),
    (error: unknown) => {
      expect(error).toMatchObject({ code: "ERR_QUOTA" });
      const { retryAfterMs } = error as { retryAfterMs: number };
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(30_000);
    },
  );
});

test("what a server had that is gone is for the others", async () => {
  await using cluster = newCluster();
  const { tools } = gate();
  const options = { tools, quota: { running: 1 } };
  const [a, b] = [await cluster.add(options), await cluster.add(options)];
  expect(await a.cells.exec(name, "await tools.gate()", atOnce)).toMatchObject({
    status: "yielded",
  });
  await expect(b.cells.exec(name, "1", untilEnd)).rejects.toMatchObject({
    code: "ERR_QUOTA",
    message: expect.stringContaining("has 1 cells that run"),
  });
  await a.cells.close();
  await postgres.endLeases(cluster.schema, { server: a.cells.id });
  expect(await b.cells.exec(name, "1", untilEnd)).toMatchObject({ status: "completed" });
});

test("a request that is sent again needs no more room than its cell has", async () => {
  await using cluster = newCluster();
  const { tools, goOn } = gate();
  const options = { tools, quota: { running: 1 } };
  const servers = [await cluster.add(options), await cluster.add(options)];
  const once = { requestId: "r" };
  const source = "await tools.gate(); text(1)";
  for (const { cells } of servers) {
    expect(await cells.exec(name, source, { ...once, ...atOnce })).toMatchObject({
      status: "yielded",
    });
  }
  goOn.resolve();
  expect(await servers[1]?.cells.exec(name, source, { ...once, ...untilEnd })).toMatchObject({
    status: "completed",
  });
});

test("a client that begins one cell after another at a server costs the store nothing more", async () => {
  const store = postgres.open(postgres.newSchema());
  const server = { address: "http://a.test:1", load: 0, isDraining: false, protocol: 1 };
  await store.beat({ ...server, id: "a", version: "1" });
  let asked = 0;
  let running = 0;
  const shares = new TenantShares({
    store: {
      share: (request) => {
        asked += 1;
        return store.share(request);
      },
    },
    server: "a",
    quotaOf: (tenant) => (tenant === "t" ? { running: 3, perMinute: 600 } : undefined),
    runningOf: () => running,
  });
  for (let cells = 0; cells < 10; cells += 1) {
    running = 1;
    await shares.admit("t");
    running = 0;
  }
  await shares.admit("without a quota");
  expect(asked).toBe(1);
});
