import { describe, expect, test } from "vitest";
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

/** As if its host had not been heard of for long. */
function endLease(schema: string, table: "hosts" | "servers", id: string) {
  return postgres.server.sql(
    `UPDATE ${schema}.${table} SET lease_until = clock_timestamp() - interval '1 s' WHERE id = '${id}'`,
  );
}

describe("the servers of a store", () => {
  test("know each other while they live", async () => {
    const schema = postgres.newSchema();
    const [first, second] = [postgres.open(schema), postgres.open(schema)];
    expect(await first.beat(info("a"))).toEqual([info("a")]);
    const changed = info("b", { load: 2, isDraining: true });
    expect(await second.beat(info("b"))).toEqual([info("b"), info("a")]);
    expect(await second.beat(changed)).toEqual([changed, info("a")]);
    expect(await first.beat(info("a"))).toEqual([info("a"), changed]);
    await endLease(schema, "servers", "b");
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
    await endLease(schema, "hosts", "h2");
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
    await endLease(schema, "hosts", "h2");
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
    await endLease(schema, "hosts", "h-dead");
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
    await postgres.server.sql(
      `DROP TABLE ${schema}.servers; ALTER TABLE ${schema}.hosts DROP COLUMN server;
       ALTER TABLE ${schema}.cells DROP COLUMN tenant; UPDATE ${schema}.codecell_version SET version = 1`,
    );
    const after = postgres.open(schema);
    expect(await after.beat(info("a"))).toEqual([info("a")]);
    expect(await after.find("a")).toMatchObject({ records: 1, status: "open" });
    await after.create(cellOf("b", "h"));
    await after.release("b", 1);
    // Whoever has begun the other was no server.
    expect(await after.orphans(10)).toEqual([{ cellId: "b", sessionId: "t/s" }]);
  });
});
