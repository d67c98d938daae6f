import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { checkStore } from "../../src/cli/doctor/store-checks.js";
import { createCodeMode } from "../../src/index.js";
import { makeStatements } from "../../src/postgres/statements.js";
import { type ClusterStore, type PostgresPool, postgresStore } from "../../src/postgres.js";
import { Held } from "../support/cells.js";
import { runExample } from "../support/child.js";
import { endWithTest } from "../support/children.js";
import { runCli } from "../support/cli.js";
import { root } from "../support/mcp.js";
import { longMs, PostgresStores, recordOf } from "../support/postgres-stores.js";
import { storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };

const postgres = new PostgresStores("hosts");

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

describe("a cell on several machines", () => {
  test("goes on at another when its host was killed", async () => {
    const schema = postgres.newSchema();
    const { child, cellId } = await startHolder(schema);
    child.kill("SIGKILL");
    await once(child, "exit");
    await postgres.endLeases(schema);
    const session = postgres
      .openRuntime(schema, { hold: () => "held by another" })
      .openSession({ id: "s" });
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
    const session = postgres
      .openRuntime(schema, { hold: () => "held by another" })
      .openSession({ id: "s" });
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
    await owner.create({ cellId: "a", sessionId: "s", host: "h1", records: [recordOf(0)] });
    const claim = other.claim("a", "h2");
    await hasSeen.promise;
    await renewLeases(schema);
    expect(await claim).toEqual({ type: "owned" });
    const second = other.claim("a", "h2");
    await postgres.endLeases(schema, { host: "h1" });
    expect(await second).toEqual({ type: "claimed", epoch: 2, seq: 1 });
    const at = { cellId: "a", epoch: 1, seq: 1 };
    expect(await owner.append(at, [recordOf(1)])).toBe("fenced");
    expect(await other.forget({ sessionId: "s" })).toBe(0);
    expect(await owner.forget({ sessionId: "s" })).toBe(0);
  });

  test("is not resumed by a host that was cut off while it read, when another has ended it since", async () => {
    const schema = postgres.newSchema();
    const first = postgres.openRuntime(schema, { wait: () => new Promise(() => {}) });
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
    const other = postgres.openRuntime(schema, { wait: () => "other" });
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
    await first.create({ cellId: "a", sessionId: "s", host: "h", records: [recordOf(0)] });
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
