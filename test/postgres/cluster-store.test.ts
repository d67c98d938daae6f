import { describe, expect, test } from "vitest";
import { makeStatements } from "../../src/postgres/statements.js";
import { type ServerInfo, sealedStore } from "../../src/postgres.js";
import { PostgresStores } from "../support/postgres-stores.js";

const postgres = new PostgresStores("cluster");

function info(id: string, other: Partial<ServerInfo> = {}): ServerInfo {
  const address = `http://${id}.test:1`;
  return { id, address, load: 0.5, isDraining: false, protocol: 1, version: "1.2.3", ...other };
}

function record(seq: number, kind = "out") {
  return { seq, at: 1, kind, body: "{}" };
}

function cellOf(cellId: string, host: string, sessionId = "t/s") {
  return { cellId, sessionId, host, records: [record(0)] };
}

const end = { status: "completed", at: 5, writes: [] as string[] } as const;

describe("the servers of a store", () => {
  test("know each other while they live", async () => {
    const schema = postgres.newSchema();
    const [first, second] = [postgres.open(schema), postgres.open(schema)];
    expect(await first.beat(info("a"))).toEqual([info("a")]);
    const changed = info("b", { load: 2, isDraining: true });
    expect(await second.beat(info("b"))).toEqual([info("b"), info("a")]);
    expect(await second.beat(changed)).toEqual([changed, info("a")]);
    expect(await first.beat(info("a"))).toEqual([info("a"), changed]);
    await postgres.endLeases(schema, { server: "b" });
    expect(await first.beat(info("a"))).toEqual([info("a")]);
    await second.beat(changed);
    await second.close();
    expect(await first.beat(info("a"))).toEqual([info("a")]);
  });

  test("know who has a cell", async () => {
    const schema = postgres.newSchema();
    const [mine, other, program] = [
      postgres.open(schema),
      postgres.open(schema),
      postgres.open(schema),
    ];
    await mine.beat(info("mine"));
    // A host that was there before its process said that it is a server.
    await other.create(cellOf("early", "h2"));
    await other.beat(info("other", { isDraining: true }));
    await mine.create(cellOf("own", "h1"));
    await other.create(cellOf("theirs", "h2"));
    await program.create(cellOf("foreign", "h3"));
    const theirs = { id: "other", address: "http://other.test:1", isDraining: true };
    const at = { sessionId: "t/s" };
    expect(await mine.ownerOf("own")).toEqual({ type: "here", ...at });
    expect(await mine.ownerOf("theirs")).toEqual({ type: "elsewhere", ...at, server: theirs });
    expect(await mine.ownerOf("early")).toEqual({ type: "elsewhere", ...at, server: theirs });
    expect(await mine.ownerOf("foreign")).toEqual({ type: "elsewhere", ...at, server: undefined });
    expect(await mine.ownerOf("nothing")).toEqual({ type: "missing" });
    await other.release("theirs", 1);
    expect(await mine.ownerOf("theirs")).toEqual({ type: "none", ...at });
    await postgres.endLeases(schema, { host: "h2" });
    expect(await mine.ownerOf("early")).toEqual({ type: "none", ...at });
    await mine.append({ cellId: "own", epoch: 1, seq: 1 }, [record(1)], end);
    expect(await other.ownerOf("own")).toEqual({ type: "ended", ...at });
  });

  test("do not wait for each other's leases when they claim a cell", async () => {
    const schema = postgres.newSchema();
    const [mine, other] = [postgres.open(schema), postgres.open(schema)];
    await other.create(cellOf("a", "h2"));
    await mine.beat(info("mine"));
    expect(await mine.claim("a", "h1")).toEqual({ type: "owned" });
    await postgres.endLeases(schema, { host: "h2" });
    expect(await mine.claim("a", "h1")).toEqual({ type: "claimed", epoch: 2, seq: 1 });
  });

  test("find the cells that nobody runs, and none of programs that are no servers", async () => {
    const schema = postgres.newSchema();
    const [mine, other, program] = [
      postgres.open(schema),
      postgres.open(schema),
      postgres.open(schema),
    ];
    await other.beat(info("other"));
    for (const id of ["released", "dead", "running", "ended"]) {
      await other.create(cellOf(id, id === "dead" ? "h-dead" : "h2", `t/${id}`));
    }
    await program.create(cellOf("foreign", "h3"));
    await other.create(cellOf("of no tenant", "h2", "s"));
    for (const [store, id] of [
      [other, "released"],
      [other, "ended"],
      [other, "of no tenant"],
      [program, "foreign"],
    ] as const) {
      await store.release(id, 1);
    }
    await postgres.endLeases(schema, { host: "h-dead" });
    await other.append({ cellId: "ended", epoch: 1, seq: 1 }, [record(1)], end);
    const found = await mine.orphans(10);
    expect(new Set(found.map(({ cellId, sessionId }) => `${cellId} ${sessionId}`))).toEqual(
      new Set(["released t/released", "dead t/dead"]),
    );
    expect(await mine.orphans(1)).toHaveLength(1);
    await other.claim("released", "h2");
    expect(await mine.orphans(10)).toEqual([{ cellId: "dead", sessionId: "t/dead" }]);
  });

  test("leave a cell that is parked until one of its questions is decided, and has not been followed", async () => {
    const store = postgres.open(postgres.newSchema());
    await store.beat(info("a"));
    await store.create({
      ...cellOf("a", "h"),
      records: [{ ...record(0, "asked"), asks: "q1" }, record(1, "parked"), record(2, "told")],
    });
    await store.release("a", 1);
    expect(await store.orphans(10)).toEqual([]);
    await store.decide("q1", { at: 1, body: "{}" });
    expect(await store.orphans(10)).toEqual([{ cellId: "a", sessionId: "t/s" }]);
    const claimed = await store.claim("a", "h");
    expect(claimed).toMatchObject({ type: "claimed", epoch: 2 });
    const asks = { ...record(4, "asked"), asks: "q2" };
    const followed = [record(3, "decided"), asks, record(5, "parked")];
    await store.append({ cellId: "a", epoch: 2, seq: 3 }, followed);
    await store.release("a", 2);
    expect(await store.orphans(10)).toEqual([]);
  });

  test("share a store whose contents are sealed", async () => {
    const schema = postgres.newSchema();
    const keys = { current: "k", keys: { k: Buffer.alloc(32, 7) } };
    const sealed = sealedStore(postgres.open(schema), keys);
    await sealed.beat(info("a"));
    await sealed.create(cellOf("a", "h"));
    expect(await sealed.ownerOf("a")).toEqual({ type: "here", sessionId: "t/s" });
    await sealed.release("a", 1);
    expect(await sealed.orphans(10)).toEqual([{ cellId: "a", sessionId: "t/s" }]);
  });

  test("share the tables of an older codecell, whose cells stay", async () => {
    const schema = postgres.newSchema();
    const before = postgres.open(schema);
    await before.create(cellOf("a", "h"));
    await before.close();
    await makeOlder(schema, 1);
    const after = postgres.open(schema);
    expect(await after.beat(info("a"))).toEqual([info("a")]);
    expect(await after.find("a")).toMatchObject({ records: 1, status: "open" });
    await after.create(cellOf("b", "h"));
    await after.release("b", 1);
    // Whoever has begun the other was no server.
    expect(await after.orphans(10)).toEqual([{ cellId: "b", sessionId: "t/s" }]);
  });

  test("know of the cells of an older codecell which can go on", async () => {
    const schema = postgres.newSchema();
    const before = postgres.open(schema);
    await before.beat(info("a"));
    const asks = (id: string) => ({ ...record(0, "asked"), asks: id });
    for (const [id, records] of [
      ["running", [record(0)]],
      ["parked", [asks("q1"), record(1, "parked"), record(2, "told")]],
      ["decided", [asks("q2"), record(1, "parked")]],
      ["followed", [asks("q3"), record(1, "decided"), { ...asks("q4"), seq: 2 }]],
    ] as const) {
      await before.create({ ...cellOf(id, "h"), records });
    }
    await before.append({ cellId: "followed", epoch: 1, seq: 3 }, [record(3, "parked")]);
    for (const id of ["q2", "q3"]) await before.decide(id, { at: 1, body: "{}" });
    await before.close();
    await makeOlder(schema, 2);
    const after = postgres.open(schema);
    const found = async () => (await after.orphans(10)).map(({ cellId }) => cellId).sort();
    expect(await found()).toEqual(["decided", "running"]);
    await after.decide("q4", { at: 1, body: "{}" });
    expect(await found()).toEqual(["decided", "followed", "running"]);
  });

  test("look at none of the cells that are parked, however many there are", async () => {
    const schema = postgres.newSchema();
    const store = postgres.open(schema);
    await store.beat(info("a"));
    await store.create(cellOf("due", "h"));
    await store.release("due", 1);
    await postgres.server.sql(
      `INSERT INTO ${schema}.cells (id, session, status, maker, epoch, next_seq, created_at, tenant, parked)
       SELECT 'c' || i, 't/s' || i, 'open', 'h', 1, 2, i, 't', true FROM generate_series(1, 10000) i;
       INSERT INTO ${schema}.journal SELECT 'c' || i, seq, 'parked', 1, '{}'
       FROM generate_series(1, 10000) i, generate_series(0, 1) seq;
       ANALYZE ${schema}.cells`,
    );
    expect(await store.orphans(10)).toEqual([{ cellId: "due", sessionId: "t/s" }]);
    const asked = makeStatements(schema).orphans.replace("$1", "10");
    const [{ "QUERY PLAN": plans } = {}] = await postgres.server.sql(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${asked}`,
    );
    const [read = Number.NaN] = (plans as readonly { Plan: Plan }[]).map((it) => rowsRead(it.Plan));
    expect(read).toBeLessThan(10);
  });
});

describe("what a tenant may use", () => {
  const none = { wanted: 0, mostPerMinute: undefined };
  const cells = (running: number, wanted: number, most: number | undefined = 5) => ({
    running,
    wanted,
    most,
  });

  test("is shared by the servers that live, and what runs counts in any case", async () => {
    const schema = postgres.newSchema();
    const store = postgres.open(schema);
    const other = postgres.open(schema);
    await store.beat(info("a"));
    await other.beat(info("b"));
    const share = async (server: string, running: number, wanted: number, most?: number) =>
      (
        await store.share({
          server,
          tenant: "t",
          cells: cells(running, wanted, most),
          begins: none,
        })
      ).cells;
    expect(await share("a", 0, 3)).toBe(3);
    expect(await share("b", 0, 9)).toBe(2);
    expect(await share("a", 3, 4)).toBe(3);
    // Of another tenant nothing is taken.
    expect(
      await store.share({ server: "b", tenant: "u", cells: cells(0, 9), begins: none }),
    ).toEqual({ cells: 5, begins: 0, left: Number.POSITIVE_INFINITY });
    expect(await share("a", 1, 1)).toBe(1);
    expect(await share("b", 2, 9)).toBe(4);
    // Cells that come back from a server that is gone.
    expect(await share("a", 7, 7)).toBe(7);
    expect(await share("b", 4, 5)).toBe(4);
    await postgres.endLeases(schema, { server: "a" });
    expect(await share("b", 4, 5)).toBe(5);
  });

  test("is never more than the most, whoever asks at once", async () => {
    const schema = postgres.newSchema();
    const stores = ["a", "b", "c"].map((id) => ({ id, store: postgres.open(schema) }));
    for (const { id, store } of stores) await store.beat(info(id));
    for (let round = 0; round < 10; round += 1) {
      const tenant = `t${round}`;
      const begins = { wanted: 4, mostPerMinute: 7 };
      const given = await Promise.all(
        stores.map(({ id: server, store }) =>
          store.share({ server, tenant, cells: cells(0, 4), begins }),
        ),
      );
      expect(sum(given.map((share) => share.cells))).toBe(5);
      expect(sum(given.map((share) => share.begins))).toBe(7);
    }
  });

  test("may be begun grows with time, and comes back where it was not used", async () => {
    const schema = postgres.newSchema();
    const store = postgres.open(schema);
    await store.beat(info("a"));
    const begin = (wanted: number) =>
      store.share({
        server: "a",
        tenant: "t",
        cells: cells(0, 0, undefined),
        begins: { wanted, mostPerMinute: 3 },
      });
    const passed = (seconds: number) =>
      postgres.server.sql(
        `UPDATE ${schema}.tenants SET at = clock_timestamp() - interval '${seconds} s'`,
      );
    expect(await begin(5)).toMatchObject({ cells: 0, begins: 3 });
    expect(await begin(-2)).toMatchObject({ begins: -2 });
    expect(await begin(2)).toMatchObject({ begins: 2 });
    await passed(20);
    expect((await begin(0)).left).toBeGreaterThanOrEqual(1);
    expect(await begin(5)).toMatchObject({ begins: 1 });
    await passed(3600);
    expect(await begin(9)).toMatchObject({ begins: 3 });
    // Somebody's clock was set back.
    await passed(-3600);
    expect(await begin(1)).toMatchObject({ begins: 0 });
  });
});

interface Plan {
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

/** The most that a part of a plan has read. */
function rowsRead({ Plans = [], ...own }: Plan): number {
  const read = own["Actual Rows"] + (own["Rows Removed by Filter"] ?? 0);
  return Math.max(read, ...Plans.map(rowsRead));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** As an older codecell has made the tables. */
async function makeOlder(schema: string, version: 1 | 2): Promise<void> {
  await postgres.server.sql(
    `DROP TABLE ${schema}.tenants; DROP INDEX ${schema}.cells_by_session_and_age;
     ALTER TABLE ${schema}.cells DROP COLUMN parked, DROP COLUMN decided, DROP COLUMN followed;
     CREATE INDEX cells_by_session ON ${schema}.cells (session);
     CREATE INDEX cells_of_servers ON ${schema}.cells (tenant) WHERE ended_at IS NULL AND tenant IS NOT NULL;
     UPDATE ${schema}.codecell_version SET version = 2`,
  );
  if (version === 2) return;
  await postgres.server.sql(
    `DROP TABLE ${schema}.servers; ALTER TABLE ${schema}.hosts DROP COLUMN server;
     ALTER TABLE ${schema}.cells DROP COLUMN tenant; UPDATE ${schema}.codecell_version SET version = 1`,
  );
}
