import { createServer } from "node:net";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { type PostgresPool, postgresStore, sealedStore } from "../../src/postgres.js";
import { describeStore } from "../durable/store-contract.js";
import { runProgram } from "../support/child.js";
import { longMs, PostgresStores } from "../support/postgres-stores.js";

const postgres = new PostgresStores("store", { bouncer: true });

function record(seq: number, body = "{}") {
  return { seq, at: 1, kind: "out", body };
}

const cell = { cellId: "a", sessionId: "s", host: "h", records: [record(0)] };
const end = { status: "completed", at: 5, writes: [] as string[] } as const;

async function codeAndText(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
  );
}

describeStore("postgresStore", () => {
  const schema = postgres.newSchema();
  return { open: () => postgres.open(schema) };
});

describeStore("postgresStore through pgbouncer in transaction mode", () => {
  const schema = postgres.newSchema();
  return { open: () => postgresStore(postgres.server.bouncerUrl, { schema, leaseMs: longMs }) };
});

describeStore("postgresStore, sealed", () => {
  const schema = postgres.newSchema();
  const keys = { current: "k", keys: { k: Buffer.alloc(32, 7) } };
  return { open: () => sealedStore(postgres.open(schema), keys) };
});

describe("postgresStore", () => {
  test("uses a pool of the program, whatever that does with numbers, and does not end it", async () => {
    const types = { getTypeParser: () => () => "not what PostgreSQL has said" };
    const pool: pg.Pool = new pg.Pool({
      connectionString: postgres.server.url,
      types: types as never,
    });
    const asPool: PostgresPool = pool;
    const store = postgresStore(asPool, { schema: postgres.newSchema() });
    await store.create(cell);
    expect(await store.find("a")).toMatchObject({ records: 1, epoch: 1, status: "open" });
    await store.close();
    expect(pool.listenerCount("error")).toBe(0);
    expect((await pool.query("SELECT 1")).rows).toHaveLength(1);
    await pool.end();
  });

  test("makes its tables once, whoever comes first, and counts only the living as owners", async () => {
    const schema = postgres.newSchema();
    const [mine, others] = [postgres.open(schema), postgres.open(schema)];
    const many = [mine, others, postgres.open(schema), postgres.open(schema)];
    await Promise.all(
      many.map((store, i) => store.create({ ...cell, cellId: `${i}`, host: `h${i}` })),
    );
    expect(await many[0]?.cells()).toHaveLength(4);
    expect(await mine.claim("0", "another of this process")).toEqual({ type: "owned" });
    await others.close();
    expect(await mine.claim("1", "h0")).toEqual({ type: "claimed", epoch: 2, seq: 1 });
    expect(await mine.forget({ cellId: "1" })).toBe(0);
  });

  test("keeps any text: NUL, half surrogates, backslashes, and keys longer than an index takes", async () => {
    const store = postgres.open(postgres.newSchema());
    const texts = [
      "\0",
      "\ud800",
      "\udfff a",
      "\\",
      '\\"\\u0000"',
      "\\N",
      "'; DROP TABLE cells; --",
      "🙂",
    ];
    const long = "k".repeat(100_000);
    const writes = [...texts, long].flatMap((key, i) => [key, JSON.stringify(`${i}${key}`)]);
    for (const [i, text] of texts.entries()) {
      const ids = { cellId: text, sessionId: text, host: text };
      await store.create({ ...ids, records: [{ ...record(0, text), asks: `q${text}` }] });
      expect(await store.find(text)).toMatchObject({ cellId: text, sessionId: text });
      expect(await store.read(text, 0, 9)).toEqual([record(0, text)]);
      expect(await store.approvals({ sessionId: text })).toMatchObject([
        { approvalId: `q${text}` },
      ]);
      expect(await store.decide(`q${text}`, { at: i, body: text })).toEqual({ type: "decided" });
      expect(await store.approvals({ approvalIds: [`q${text}`] })).toMatchObject([
        { decision: { at: i, body: text } },
      ]);
      const at = { cellId: text, epoch: 1, seq: 1 };
      expect(await store.append(at, [record(1)], { ...end, writes })).toBe("appended");
      const kept = await store.values(text);
      expect(kept).toHaveLength(writes.length);
      for (let k = 0; k < kept.length; k += 2) {
        expect(kept[k + 1]).toBe(writes[writes.indexOf(kept[k] ?? "") + 1]);
      }
    }
    expect(await store.cells()).toHaveLength(texts.length);
  });

  test("takes records of many megabytes, and many records at once", async () => {
    const store = postgres.open(postgres.newSchema());
    await store.create(cell);
    const large = JSON.stringify('\\"ü🙂'.repeat(1_000_000));
    const small = Array.from({ length: 20_000 }, (_, i) => record(i + 2, JSON.stringify({ i })));
    const at = { cellId: "a", epoch: 1, seq: 1 };
    expect(await store.append(at, [record(1, large), ...small])).toBe("appended");
    expect((await store.read("a", 1, 1))[0]?.body === large).toBe(true);
    const last = await store.read("a", 20_001, 5);
    expect(last).toEqual([record(20_001, JSON.stringify({ i: 19_999 }))]);
  });

  test("writes what waits of a cell with one statement, and none of it where it is fenced", async () => {
    const pool = new pg.Pool({ connectionString: postgres.server.url });
    const sent: string[] = [];
    const counting: PostgresPool = {
      query: (query) => {
        sent.push(query.text);
        return pool.query(query as never);
      },
      connect: () => pool.connect() as never,
      on: (name, listener) => pool.on(name, listener),
      removeListener: (name, listener) => pool.removeListener(name, listener),
    };
    const store = postgresStore(counting, { schema: postgres.newSchema() });
    await store.create(cell);
    sent.length = 0;
    const append = (epoch: number, seq: number) =>
      store.append({ cellId: "a", epoch, seq }, [record(seq)]);
    const writes = ["k", "1", "k", "2"];
    const at = { cellId: "a", epoch: 1, seq: 3 };
    const appended = [
      append(1, 1),
      append(1, 2),
      store.append(at, [record(3)], { ...end, writes }),
      append(1, 4),
    ];
    expect(new Set(await Promise.all(appended))).toEqual(new Set(["appended"]));
    expect(sent).toHaveLength(1);
    expect(await store.values("s")).toEqual(["k", "2"]);
    expect(await Promise.all([append(2, 5), append(1, 5), append(1, 5)])).toEqual([
      "fenced",
      "appended",
      "fenced",
    ]);
    expect((await store.read("a", 0, 100)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5]);
    await store.close();
    await pool.end();
  });

  test("says what is there already, and deletes what has ended in parts", async () => {
    const store = postgres.open(postgres.newSchema());
    await store.create(cell);
    expect(await codeAndText(store.create(cell))).toMatch(
      /^ERR_STORE_UNAVAILABLE .*has a cell a already, which another process has begun/,
    );
    const ids = Array.from({ length: 1100 }, (_, i) => `c${i}`);
    await Promise.all(ids.map((cellId) => store.create({ ...cell, cellId, end })));
    expect(await store.forget({ endedBefore: 5 })).toBe(0);
    expect(await store.forget({ endedBefore: Number.POSITIVE_INFINITY })).toBe(1100);
    expect(await store.cells()).toHaveLength(1);
  });

  test("refuses a schema of a newer codecell, and one of another program", async () => {
    const schema = postgres.newSchema();
    await postgres.open(schema).cells();
    await postgres.server.sql(`UPDATE ${schema}.codecell_version SET version = 99`);
    expect(await codeAndText(postgres.open(schema).cells())).toMatch(
      /^ERR_STORE_UNAVAILABLE The schema "store_\d+" .*of version 99, .*up to version \d+; use a newer/,
    );
    const foreign = postgres.newSchema();
    await postgres.server.sql(`CREATE SCHEMA ${foreign}; CREATE TABLE ${foreign}.orders (id int)`);
    const store = postgres.open(foreign);
    expect(await codeAndText(store.cells())).toMatch(/tables of another program; give the store/);
    await postgres.server.sql(`DROP SCHEMA ${foreign} CASCADE`);
    // What was in the way is gone.
    expect(await store.cells()).toEqual([]);
  });

  test("is looked at with a role that may only read", async () => {
    const schema = postgres.newSchema();
    await postgres.open(schema).create(cell);
    await postgres.server.sql(
      `CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA ${schema} TO reader; ` +
        `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO reader`,
    );
    const url = postgres.server.url.replace("codecell@", "reader@");
    const looking = postgresStore(url, { schema, readOnly: true });
    expect(await looking.cells()).toHaveLength(1);
    expect(await codeAndText(looking.forget({ cellId: "a" }))).toMatch(/opened to be read only/);
    const empty = postgres.open(postgres.newSchema(), { readOnly: true });
    expect(await codeAndText(empty.cells())).toMatch(/has no tables of codecell/);
    await looking.close();
    const reader = postgresStore(url, { schema });
    expect(await reader.cells()).toHaveLength(1);
    expect(await codeAndText(reader.create({ ...cell, cellId: "b" }))).toMatch(
      /^ERR_STORE_UNAVAILABLE .*permission denied/,
    );
    await reader.close();
  });

  test("says that nobody is there, and shows no password", async () => {
    const nobody = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => nobody.once("listening", resolve));
    const { port } = nobody.address() as { port: number };
    await new Promise((resolve) => nobody.close(resolve));
    for (const url of [`postgres://me:geheim@127.0.0.1:${port}/x`, "postgres://me:geheim@[/x"]) {
      const store = postgresStore(url);
      const said = await store.create(cell).catch((error: unknown) => error);
      expect(said).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
      expect(String((said as Error).message)).not.toMatch(/geheim/);
      expect((said as Error).message).toMatch(/ECONNREFUSED|its URL cannot be read/);
      await store.close();
    }
  });

  test("does not keep a program alive that has nothing else to do", async () => {
    const ended = await runProgram("postgres", [
      "leave-open",
      postgres.server.url,
      postgres.newSchema(),
    ]);
    expect(ended).toEqual({ code: 0, signal: null, stdout: "1\n", stderr: "" });
  });

  test.each([
    [() => postgresStore(1 as never), /"pool" must be a Pool of the package pg, or a URL/],
    [() => postgresStore({ query() {} } as never), /"pool" must be a Pool/],
    [() => postgresStore("mysql://me:geheim@host"), /^(?!.*geheim).*"pool" must be .* begin with/],
    [() => postgresStore("postgres://h", { schema: "a-b" }), /"schema" must be letters, digits/],
    [() => postgresStore("postgres://h", { leaseMs: 0 }), /"leaseMs" must be .* 1 or more/],
    [() => postgresStore("postgres://h", { leaseMs: Infinity }), /"leaseMs" must be an hour/],
    [() => postgresStore("postgres://h", { readOnly: 1 as never }), /"readOnly" must be true or/],
    [() => postgresStore("postgres://h", { patienceMs: -1 }), /"patienceMs" must be/],
    [() => postgresStore("postgres://h", { other: 1 } as never), /There is no option "other"/],
  ])("checks its options (%#)", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("the statements that cells wait for", () => {
  /** A pool whose queries are noted. */
  function noting(url: string, max: number) {
    const pool = new pg.Pool({ connectionString: url, max });
    const names: (string | undefined)[] = [];
    const noted: PostgresPool = {
      query: (query) => {
        if (query.values?.length) names.push(query.name);
        return pool.query(query);
      },
      connect: () => pool.connect(),
      on: (event, listener) => pool.on(event, listener),
      removeListener: (event, listener) => pool.removeListener(event, listener),
    };
    return { noted, names, finish: () => pool.end() };
  }

  test("are parsed once by each connection", async () => {
    const { noted, names, finish } = noting(postgres.server.url, 1);
    const store = postgresStore(noted, { schema: postgres.newSchema(), leaseMs: longMs });
    for (const cellId of ["a", "b", "c"]) await store.create({ ...cell, cellId, end });
    expect(names.slice(-3)).toEqual(
      new Array(3).fill(expect.stringMatching(/^codecell_[0-9a-f]{32}$/)),
    );
    const kept = await noted.query({ text: "SELECT name FROM pg_prepared_statements" });
    expect(kept.rows).toEqual([{ name: names.at(-1) }]);
    await store.close();
    await finish();
  });

  test("are done without that where a pooler gives other connections each time", async () => {
    const { noted, names, finish } = noting(postgres.server.bouncerUrl, 8);
    const store = postgresStore(noted, { schema: postgres.newSchema(), leaseMs: longMs });
    const ids = Array.from({ length: 40 }, (_, index) => `cell-${index}`);
    await Promise.all(ids.map((cellId) => store.create({ ...cell, cellId, end })));
    await Promise.all(ids.map((cellId) => store.find(cellId)));
    expect((await store.cells()).map(({ cellId }) => cellId).sort()).toEqual([...ids].sort());
    // Such as after a reset that the pool does not know of.
    const own = noting(postgres.server.url, 1);
    const other = postgresStore(own.noted, { schema: postgres.newSchema(), leaseMs: longMs });
    await other.create({ ...cell, cellId: "a", end });
    await own.noted.query({ text: "DEALLOCATE ALL" });
    await other.create({ ...cell, cellId: "b", end });
    await other.create({ ...cell, cellId: "c", end });
    expect(own.names.slice(-3).map((name) => name === undefined)).toEqual([false, true, true]);
    expect(await other.cells()).toHaveLength(3);
    await Promise.all([store.close(), other.close()]);
    await Promise.all([finish(), own.finish()]);
    expect(names.some((name) => name !== undefined)).toBe(true);
  });
});
