import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { checkStore } from "../../src/cli/doctor/store-checks.js";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { makeStatements } from "../../src/postgres/statements.js";
import { type ClusterStore, type PostgresPool, postgresStore } from "../../src/postgres.js";
import { Held } from "../support/cells.js";
import { runExample } from "../support/child.js";
import { endWithTest } from "../support/children.js";
import { runCli } from "../support/cli.js";
import { type Cut, CutProxy } from "../support/cut-proxy.js";
import { root } from "../support/mcp.js";
import { longMs, PostgresStores } from "../support/postgres-stores.js";
import { storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };

const postgres = new PostgresStores("hosts");

function openRuntime(schema: string, tools: Record<string, () => unknown>): CodeMode {
  const codeMode = createCodeMode({
    durability: { store: postgres.open(schema) },
    tools: Object.fromEntries(
      Object.entries(tools).map(([name, execute]) => [name, { onLost: "retry", execute }]),
    ),
  });
  postgres.closeAfter(codeMode);
  return codeMode;
}

/** A store; `onOwned` is called when it has seen that a host has the cell which it is to claim. */
function openLooking(schema: string, onOwned: () => void): ClusterStore {
  const pool = new pg.Pool({ connectionString: postgres.server.url });
  const { owner } = makeStatements(schema);
  const looking: PostgresPool = {
    query: async (query) => {
      const result = await pool.query(query);
      if (query.text === owner && result.rows[0]?.owner !== null) onOwned();
      return result;
    },
    connect: () => pool.connect(),
    on: (event, listener) => pool.on(event, listener),
    removeListener: (event, listener) => pool.removeListener(event, listener),
  };
  const store = postgresStore(looking, { schema, leaseMs: longMs });
  postgres.closeAfter(store, { close: () => pool.end() });
  return store;
}

async function renewLeases(schema: string): Promise<void> {
  await postgres.server.sql(
    `UPDATE ${schema}.hosts SET lease_until = lease_until + interval '1 s'`,
  );
}

/** A process that runs a cell, whose tool waits until it is told to go on. */
async function startHolder(schema: string) {
  const program = join(root, "test/fixtures/postgres.mjs");
  const args = [program, "hold-cell", postgres.server.url, schema, String(longMs)];
  const child = endWithTest(spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] }));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => (await lines.next()).value ?? "";
  const cellId = await line();
  expect(await line()).toBe("holding");
  return { child, cellId, line };
}

function record(seq: number) {
  return { seq, at: 1, kind: "out", body: JSON.stringify({ seq }) };
}

describe("a cell on several machines", () => {
  test("goes on at another when its host was killed", async () => {
    const schema = postgres.newSchema();
    const { child, cellId } = await startHolder(schema);
    child.kill("SIGKILL");
    await once(child, "exit");
    await postgres.endLeases(schema);
    const session = openRuntime(schema, { hold: () => "held by another" }).openSession({ id: "s" });
    const outcome = await session.wait(cellId, { after: 0, ...noWait });
    expect(outcome).toMatchObject({
      status: "completed",
      output: [{ text: "before" }, { text: "held by another" }, { text: "after" }],
    });
    expect(await session.storedValues()).toEqual({ by: 1 });
  });

  test("is taken from a host that stood still, which then says nothing of it", async () => {
    const schema = postgres.newSchema();
    const { child, cellId, line } = await startHolder(schema);
    child.kill("SIGSTOP");
    await postgres.endLeases(schema);
    const session = openRuntime(schema, { hold: () => "held by another" }).openSession({ id: "s" });
    const outcome = await session.wait(cellId, { after: 0, ...noWait });
    expect(outcome).toMatchObject({ status: "completed", output: { length: 3 } });
    child.kill("SIGCONT");
    child.stdin.write("go on\n");
    const said = JSON.parse(await line());
    expect(said).toMatchObject({
      status: "failed",
      error: { code: "ERR_CELL_STORE" },
      output: [{ text: "before" }],
      cursor: 1,
    });
    const journal = await postgres.open(schema).read(cellId, 0, 1000);
    expect(journal.filter(({ kind }) => kind === "ended")).toHaveLength(1);
    expect(JSON.stringify(journal)).not.toMatch(/\bheld\b(?! by another)/);
  });

  test("stays with its host while that lives, whose lease is seen to be renewed", async () => {
    const schema = postgres.newSchema();
    const hasSeen = new Held();
    const owner = postgres.open(schema);
    const other = openLooking(schema, hasSeen.resolve);
    await owner.create({ cellId: "a", sessionId: "s", host: "h1", records: [record(0)] });
    const claim = other.claim("a", "h2");
    await hasSeen.promise;
    await renewLeases(schema);
    expect(await claim).toEqual({ type: "owned" });
    const second = other.claim("a", "h2");
    await postgres.endLeases(schema, { host: "h1" });
    expect(await second).toEqual({ type: "claimed", epoch: 2, seq: 1 });
    const at = { cellId: "a", epoch: 1, seq: 1 };
    expect(await owner.append(at, [record(1)])).toBe("fenced");
    expect(await other.forget({ sessionId: "s" })).toBe(0);
    expect(await owner.forget({ sessionId: "s" })).toBe(0);
  });

  test("is not resumed by a host that was cut off while it read, when another has ended it since", async () => {
    const schema = postgres.newSchema();
    const first = openRuntime(schema, { wait: () => new Promise(() => {}) });
    const begun = await first
      .openSession({ id: "s" })
      .exec('text("a"); yield_control(); text(await tools.wait())', noWait);
    const { cellId } = begun;
    await first.close();
    const [reads, goOn] = [new Held(), new Held()];
    let hasClaimed = false;
    const store = postgres.open(schema);
    const slow = storeWith(store, {
      claim: async (id, host) => {
        hasClaimed = true;
        return store.claim(id, host);
      },
      read: async (id, from, limit) => {
        if (hasClaimed) reads.resolve();
        if (hasClaimed) await goOn.promise;
        return store.read(id, from, limit);
      },
    });
    const cutOff = createCodeMode({
      durability: { store: slow },
      tools: { wait: { onLost: "retry", execute: () => "cut off" } },
    });
    postgres.closeAfter(cutOff);
    const session = cutOff.openSession({ id: "s" });
    const waiting = session.wait(cellId, noWait);
    await reads.promise;
    await postgres.endLeases(schema);
    const other = openRuntime(schema, { wait: () => "other" });
    const ended = await other.openSession({ id: "s" }).wait(cellId, noWait);
    expect(ended).toMatchObject({ status: "completed" });
    goOn.resolve();
    await expect(waiting).rejects.toMatchObject({ code: "ERR_CELL_BUSY" });
    const told = await session.wait(cellId, { ...noWait, after: 0 });
    expect(told).toMatchObject({ status: "completed", output: [{ text: "a" }, { text: "other" }] });
  });

  test("is given to one of many that ask for it at once", async () => {
    const schema = postgres.newSchema();
    const first = postgres.open(schema);
    await first.create({ cellId: "a", sessionId: "s", host: "h", records: [record(0)] });
    await first.release("a", 1);
    const late = new Set<number>();
    const areLate = new Held();
    const stores = Array.from({ length: 5 }, (_, i) =>
      openLooking(schema, () => {
        if (late.add(i).size === 4) areLate.resolve();
      }),
    );
    const claims = Promise.all(stores.map((store, i) => store.claim("a", `h${i}`)));
    await areLate.promise;
    await renewLeases(schema);
    const results = await claims;
    expect(results.filter(({ type }) => type === "claimed")).toEqual([
      { type: "claimed", epoch: 2, seq: 1 },
    ]);
    expect(results.filter(({ type }) => type === "owned")).toHaveLength(4);
  });
});

test("examples/durable-postgres.mjs charges once, though it was killed while it charged", async () => {
  const text = readFileSync(join(root, "examples/durable-postgres.mjs"), "utf8");
  expect(readFileSync(join(root, "docs/durable-cells.md"), "utf8")).toContain(text);
  const environment = { DATABASE_URL: postgres.server.url };
  const killed = await runExample("durable-postgres", environment, { signal: "SIGKILL" });
  expect(killed.signal).toBe("SIGKILL");
  const [charging] = killed.stdout.split("\n");
  expect(charging).toMatch(/^charging B-7, .+\/1$/);
  await postgres.endLeases();
  const { stdout, code, stderr } = await runExample("durable-postgres", environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trim().split("\n");
  // Asked again, with the same key, if it was not on disk that it had ended.
  expect(lines.slice(0, -2).every((line) => line === charging)).toBe(true);
  expect(lines.slice(-2)).toEqual(["charged B-7", "The customer was told."]);
  const again = await runExample("durable-postgres", environment);
  expect(again.stdout.trim().split("\n")).toEqual(lines.slice(-2));
});

function socketOf(url: string): string {
  const { searchParams } = new URL(url.replace("@/", "@x/"));
  return `${searchParams.get("host")}/.s.PGSQL.${searchParams.get("port")}`;
}

describe("where connections die", () => {
  const cuts: readonly Cut[] = ["question", "answer"];
  test.each(cuts)("what was done is not done twice, and its result is right (%s)", async (cut) => {
    const proxy = new CutProxy(socketOf(postgres.server.url));
    const url = `postgres://codecell@127.0.0.1:${await proxy.port()}/postgres`;
    const store = postgres.open(postgres.newSchema(), { url });
    const asks = { ...record(1), asks: "q" };
    const end = { status: "completed", at: 5, writes: ["k", "1"] } as const;
    const decision = { at: 7, body: "{}" };
    await store.create({ cellId: "0", sessionId: "s", host: "h", records: [record(0)] });
    const steps: readonly (readonly [() => Promise<unknown>, unknown])[] = [
      [
        () => store.create({ cellId: "a", sessionId: "s", host: "h", records: [record(0)] }),
        undefined,
      ],
      [() => store.append({ cellId: "a", epoch: 1, seq: 1 }, [asks, record(2)]), "appended"],
      [() => store.decide("q", decision), { type: "decided" }],
      [() => store.decide("q", { at: 8, body: "{}" }), { type: "alreadyDecided", decision }],
      [() => store.append({ cellId: "a", epoch: 2, seq: 3 }, [record(3)]), "fenced"],
      [() => store.append({ cellId: "a", epoch: 1, seq: 3 }, [record(3)], end), "appended"],
      [() => store.claim("a", "h"), { type: "ended" }],
      [() => store.values("s"), ["k", "1"]],
    ];
    for (const [index, [step, expected]] of steps.entries()) {
      proxy.cutNext(cut);
      expect(await step()).toEqual(expected);
      expect(proxy.cuts).toBe(index + 1);
    }
    expect(await store.read("a", 0, 9)).toEqual([0, 1, 2, 3].map(record));
  });

  test.each(cuts)("tables are made once and whole, wherever it happens (%s)", async (cut) => {
    const proxy = new CutProxy(socketOf(postgres.server.url));
    const url = `postgres://codecell@127.0.0.1:${await proxy.port()}/postgres`;
    let isCut = true;
    for (let passing = 0; isCut; passing += 1) {
      const schema = postgres.newSchema();
      const store = postgres.open(schema, { url });
      proxy.cutNext(cut, passing);
      await store.create({ cellId: "a", sessionId: "s", host: "h", records: [record(0)] });
      isCut = proxy.cuts > passing;
      const tables = await postgres.server.sql(`SELECT version FROM ${schema}.codecell_version`);
      expect(tables).toEqual([{ version: 3 }]);
      expect(await store.read("a", 0, 9)).toEqual([record(0)]);
      await store.close();
    }
    // Its connection, and what makes the tables.
    expect(proxy.cuts).toBeGreaterThan(8);
  });

  test("a cell waits at its gates while the database is down, and goes on; an exec is refused", async () => {
    const schema = postgres.newSchema();
    const isDown = new Held();
    const calls: string[] = [];
    const codeMode = openRuntime(schema, {
      first: async () => {
        await postgres.server.tell("stop");
        isDown.resolve();
        calls.push("first");
        return 1;
      },
      second: () => {
        calls.push("second");
        return 2;
      },
    });
    const source = "text(await tools.first()); text(await tools.second());";
    const running = codeMode.openSession({ id: "s" }).exec(source, noWait);
    await isDown.promise;
    const refused = await codeMode
      .openSession({ id: "t" })
      .exec("text(1)")
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    expect(calls).toEqual(["first"]);
    await postgres.server.tell("start");
    expect(await running).toMatchObject({
      status: "completed",
      output: [{ text: "1" }, { text: "2" }],
    });
    expect(calls).toEqual(["first", "second"]);
  });

  test("what a store said to have survives the crash of a database that does not wait for its disk", async () => {
    const schema = postgres.newSchema();
    await postgres.server.sql("ALTER SYSTEM SET wal_writer_delay = '10s'");
    await postgres.server.sql("ALTER SYSTEM SET synchronous_commit = off");
    await postgres.server.sql("SELECT pg_reload_conf()");
    const store = postgres.open(schema);
    await store.create({ cellId: "a", sessionId: "s", host: "h", records: [record(0)] });
    for (let seq = 1; seq <= 20; seq += 1) {
      await store.append({ cellId: "a", epoch: 1, seq }, [record(seq)]);
    }
    await postgres.server.tell("kill");
    await postgres.server.tell("start");
    expect(await store.read("a", 0, 100)).toHaveLength(21);
    expect(await store.find("a")).toMatchObject({ records: 21 });
  });
});

test("commands use it by its URL, and show no password", async () => {
  const url = postgres.server.url.replace("codecell@", "codecell:geheim@");
  const folder = mkdtempSync(join(tmpdir(), "codecell-postgres-"));
  const file = join(folder, "cell.js");
  writeFileSync(file, 'text("kept"); store("k", 1);');
  const run = await runCli(["run", file, "--store", url, "--session", "at a terminal"]);
  expect(run).toMatchObject({ code: 0, stdout: "kept\n" });
  const list = await runCli(["cells", "list", "--store", url, "--session", "at a terminal"]);
  expect(list.stdout).toMatch(/^\S+ {2}completed .*session at a terminal\n$/);
  const none = await runCli(["cells", "show", "nothing", "--store", url]);
  expect(none).toMatchObject({ code: 2 });
  expect(none.stderr).toMatch(/The store postgres:\/\/codecell@\S+ has no cell nothing/);
  const questions = await runCli(["approvals", "list", "--store", url]);
  expect(questions).toMatchObject({ code: 0 });
  expect(await checkStore(url)).toMatchObject([
    { status: "ok", finding: expect.stringMatching(/PostgreSQL answers; \d+ cells have not/) },
    {
      status: "ok",
      finding: expect.stringMatching(/the journals of the newest \d+ cells? are whole/),
    },
  ]);
  // Cells that were not sealed are not read with keys.
  const keys = { current: "a", keys: { a: Buffer.alloc(32, 1) } };
  expect(await checkStore(url, keys)).toMatchObject([
    { status: "ok" },
    { status: "problem", name: "store seal", finding: expect.stringMatching(/not sealed/) },
  ]);
  for (const { stdout, stderr } of [run, list, none, questions]) {
    expect(stdout + stderr).not.toMatch(/geheim/);
  }
  rmSync(folder, { recursive: true });
});
