import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { type DurableStore, type SealKeys, sealedStore, sqliteStore } from "../../src/sqlite.js";
import { describeStore } from "../durable/store-contract.js";
import { completedOf, failedOf, Held, shownBy } from "../support/cells.js";
import { changeStoreFile } from "../support/change-store-file.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-sealed-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function newFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

const first = randomBytes(32);
const keys: SealKeys = { current: "first", keys: { first } };
const secret = "of nobody's business";

describeStore("sealedStore", () => {
  const file = newFile();
  return { open: () => sealedStore(sqliteStore(file), keys) };
});

/** Uses a runtime with such a store, and closes both. */
async function using<Result>(
  store: DurableStore,
  use: (codeMode: CodeMode) => Promise<Result>,
  tools = {},
): Promise<Result> {
  const codeMode = createCodeMode({ tools, console: true, durability: { store } });
  try {
    return await use(codeMode);
  } finally {
    await codeMode.close();
    await store.close();
  }
}

function textOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
  );
}

function exec(file: string, source: string, by: SealKeys | undefined = keys): Promise<unknown> {
  const store = sqliteStore(file);
  return using(by === undefined ? store : sealedStore(store, by), (codeMode) =>
    codeMode.openSession({ id: "s" }).exec(source),
  );
}

function load(file: string, by: SealKeys | undefined): Promise<string> {
  const store = sqliteStore(file);
  return textOf(
    using(by === undefined ? store : sealedStore(store, by), async (codeMode) => {
      expect(await codeMode.openSession({ id: "s" }).storedValues()).toEqual({ k: secret });
    }),
  );
}

test("nothing that a cell is given, does or stores is in the files, and all of it is found again", async () => {
  const file = newFile();
  const source = `
    text(await tools.look({ about: "${secret}" }));
    store("k", "${secret}");
    console.log("${secret}");
    throw new Error("${secret}");`;
  const tools = { look: { execute: () => secret } };
  const store = sealedStore(sqliteStore(file), keys);
  const cellId = await using(
    store,
    async (codeMode) => (await codeMode.openSession({ id: "s" }).exec(source)).cellId,
    tools,
  );
  for (const name of readdirSync(folder)) {
    expect(readFileSync(join(folder, name)).includes(secret)).toBe(false);
  }
  const again = sealedStore(sqliteStore(file), keys);
  await using(again, async (codeMode) => {
    const session = codeMode.openSession({ id: "s" });
    const outcome = await session.wait(cellId, { after: 0 });
    expect(outcome).toMatchObject({ status: "failed", error: { message: secret } });
    expect(shownBy(outcome)).toContain(secret);
    const report = await codeMode.replay(await codeMode.journal(cellId));
    expect(report).toMatchObject({ status: "same" });
  });
});

describe("a cell that was left open", () => {
  const file = newFile();
  let cellId = "";
  let otherId = "";

  beforeAll(async () => {
    const never = new Held();
    const begun = new Held();
    const tools = {
      look: { effect: "read", execute: () => secret },
      send: {
        execute: () => {
          begun.resolve();
          return never.promise;
        },
      },
    } as const;
    const source = `store("k", 1); text(await tools.look(1)); text(await tools.look(2)); await tools.send();`;
    await using(
      sealedStore(sqliteStore(file), keys),
      async (codeMode) => {
        const session = codeMode.openSession({ id: "s" });
        otherId = (await session.exec("text(1); text(2); text(3)")).cellId;
        cellId = (await session.exec(source, { yieldAfterMs: 0 })).cellId;
        await begun.promise;
      },
      tools,
    );
  });

  function resume(changed: string, session = "s"): Promise<string> {
    let calls = 0;
    const execute = (): void => {
      calls += 1;
    };
    const tool = { execute };
    return using(
      sealedStore(sqliteStore(changed), keys),
      async (codeMode) => {
        const said = await textOf(codeMode.openSession({ id: session }).wait(cellId));
        expect(calls).toBe(0);
        return said;
      },
      { look: tool, send: tool },
    );
  }

  const of = (seq: number): string => `cell = '$CELL' AND seq = ${seq}`;
  const body = (cell: string, seq: number): string =>
    `(SELECT body FROM journal WHERE cell = '${cell}' AND seq = ${seq})`;

  test.each([
    [
      "changed",
      `UPDATE journal SET body = substr(body, 1, 90) || 'AAAA' || substr(body, 95) WHERE ${of(2)}`,
      2,
    ],
    ["shortened", `UPDATE journal SET body = substr(body, 1, 60) WHERE ${of(2)}`, 2],
    ["swapped", `UPDATE journal SET body = ${body("$CELL", 3)} WHERE ${of(1)}`, 1],
    ["of another cell", `UPDATE journal SET body = ${body("$OTHER", 1)} WHERE ${of(1)}`, 1],
    ["of another kind", `UPDATE journal SET kind = 'log' WHERE ${of(2)}`, 2],
    ["of another time", `UPDATE journal SET at = at + 1 WHERE ${of(1)}`, 1],
    ["missing in the middle", `DELETE FROM journal WHERE ${of(1)}`, 1],
  ])("does not go on with a record that is %s, and the error names it", async (_, sql, seq) => {
    const changed = newFile();
    copyFileSync(file, changed);
    changeStoreFile(changed, sql.replaceAll("$CELL", cellId).replaceAll("$OTHER", otherId));
    expect(await resume(changed)).toMatch(
      new RegExp(`^ERR_INVALID_JOURNAL Record ${seq} of the cell ${cellId} `),
    );
  });

  test("does not go on without its last record, or in another session", async () => {
    const cut = newFile();
    copyFileSync(file, cut);
    changeStoreFile(cut, `DELETE FROM journal WHERE cell = '${cellId}' AND kind = 'began'`);
    expect(await resume(cut)).toMatch(/^ERR_INVALID_JOURNAL Record \d+ .* it is missing/);
    const moved = newFile();
    copyFileSync(file, moved);
    changeStoreFile(moved, `UPDATE cells SET session = 't' WHERE id = '${cellId}'`);
    expect(await resume(moved, "t")).toMatch(/^ERR_INVALID_JOURNAL Record 0 /);
  });

  test("does not go on with a record that is not sealed", async () => {
    const plain = newFile();
    copyFileSync(file, plain);
    changeStoreFile(plain, `UPDATE journal SET body = '{"kind":"opened"}' WHERE seq = 0`);
    expect(await resume(plain)).toMatch(/^ERR_STORE_KEY Record 0 .* is not sealed/);
  });

  test("does not go on without the right key", async () => {
    const look = (by: SealKeys) =>
      using(sealedStore(sqliteStore(file), by), (codeMode) =>
        textOf(codeMode.openSession({ id: "s" }).wait(cellId)),
      );
    const second = randomBytes(32);
    expect(await look({ current: "second", keys: { second } })).toMatch(
      /^ERR_STORE_KEY Record 0 .* sealed with the key "first", which was not given/,
    );
    expect(await look({ current: "first", keys: { first: second } })).toMatch(
      /^ERR_STORE_KEY Record 0 .* another key than the one that was given as "first"/,
    );
    const without = await using(sqliteStore(file), (codeMode) =>
      textOf(codeMode.openSession({ id: "s" }).wait(cellId)),
    );
    expect(without).toMatch(/^ERR_STORE_KEY Record 0 .* is sealed\. Open the store with its keys/);
  });
});

test("keys can be changed: what was sealed with an earlier one is read as long as that is given", async () => {
  const file = newFile();
  const second = randomBytes(32);
  await exec(file, `store("k", "${secret}");`);
  const both: SealKeys = { current: "second", keys: { first, second } };
  expect(await load(file, both)).toBe("fulfilled");
  // Each value with the key that was current when it was stored last.
  await exec(file, `store("k", load("k"));`, both);
  expect(await load(file, { current: "second", keys: { second } })).toBe("fulfilled");
  expect(await load(file, keys)).toMatch(/^ERR_STORE_KEY The stored value "k" .* "second"/);
});

test("each session can have a key of its own, and without that its data are gone", async () => {
  const file = newFile();
  const ofSessions = new Map([
    ["key-s", randomBytes(32)],
    ["key-t", randomBytes(32)],
  ]);
  const chosen: SealKeys = {
    current: (sessionId) => `key-${sessionId}`,
    keys: (id) => ofSessions.get(id),
  };
  const read = (id: string) =>
    textOf(
      using(sealedStore(sqliteStore(file), chosen), (codeMode) =>
        codeMode.openSession({ id }).storedValues(),
      ),
    );
  for (const id of ["s", "t"]) {
    await using(sealedStore(sqliteStore(file), chosen), async (codeMode) =>
      completedOf(await codeMode.openSession({ id }).exec("store('k', 1)")),
    );
  }
  ofSessions.delete("key-s");
  expect(await read("s")).toMatch(/^ERR_STORE_KEY .* "key-s", which was not given/);
  expect(await read("t")).toBe("fulfilled");
  const unsealed = await using(sealedStore(sqliteStore(file), chosen), (codeMode) =>
    codeMode.openSession({ id: "u" }).exec("text(1)"),
  );
  expect(failedOf(unsealed).error).toMatchObject({ code: "ERR_CELL_STORE" });
  expect(failedOf(unsealed).error.text).toContain('There is no key "key-u" to seal with');
});

test("values and decisions that were moved are noticed, and what is sealed is not read without keys", async () => {
  const file = newFile();
  await exec(file, `store("k", "${secret}"); store("other", 1);`);
  expect(await load(file, undefined)).toMatch(
    /^ERR_STORE_KEY A stored value of the session s is sealed/,
  );
  changeStoreFile(
    file,
    `UPDATE stored_values SET json = (SELECT json FROM stored_values WHERE key = '"other"') WHERE key = '"k"'`,
  );
  expect(await load(file, keys)).toMatch(/^ERR_INVALID_JOURNAL The stored value "k" /);

  const store = sealedStore(sqliteStore(file), keys);
  const asked = (seq: number) => ({ seq, at: 1, kind: "asked", body: "{}", asks: `q${seq}` });
  const cell = { cellId: "a", sessionId: "s", host: "h" };
  await store.create({ ...cell, records: [asked(0), asked(1)] });
  await store.decide("q0", { at: 5, body: '{"verdict":"deny"}' });
  await store.decide("q1", { at: 5, body: '{"verdict":"approve"}' });
  await store.close();
  changeStoreFile(
    file,
    `UPDATE approvals SET decision = (SELECT decision FROM approvals WHERE id = 'q1')`,
  );
  const later = sealedStore(sqliteStore(file), keys);
  expect(await textOf(later.approvals())).toMatch(
    /^ERR_INVALID_JOURNAL The decision about the question q0 /,
  );
  await later.close();
});

test("a question is not shown in the place of another", async () => {
  const file = newFile();
  const store = sqliteStore(file);
  const asked = (seq: number, approval: string) => {
    const question = { kind: "asked", call: seq, approval, callId: "c", tool: approval };
    return { seq, at: 1, kind: "asked", body: JSON.stringify(question), asks: approval };
  };
  const records = [asked(0, "harmless"), asked(1, "harmful")];
  await store.create({ cellId: "a", sessionId: "s", host: "h", records });
  await store.close();
  changeStoreFile(file, `UPDATE approvals SET seq = 0 WHERE id = 'harmful'`);
  await using(sqliteStore(file), async (codeMode) => {
    expect(await textOf(codeMode.approvals())).toMatch(
      /^ERR_INVALID_JOURNAL The question harmful of the cell a /,
    );
  });
});

test("a decision that cannot be read rejects its own call, and holds up no other", async () => {
  const file = newFile();
  const store = sqliteStore(file);
  const tools = { send: { approval: "ask", execute: () => "sent" } } as const;
  const source = `
    const all = await Promise.allSettled([tools.send(1), tools.send(2)]);
    text(all.map(({ value, reason }) => value ?? reason.message));`;
  await using(
    store,
    async (codeMode) => {
      const session = codeMode.openSession({ id: "s" });
      const { cellId } = await session.exec(source, { yieldAfterMs: 0 });
      let open = await codeMode.approvals();
      while (open.length < 2) open = await codeMode.approvals();
      const guest = sqliteStore(file);
      const [damaged = "", good = ""] = open.map(({ approvalId }) => approvalId);
      await guest.decide(damaged, { at: 1, body: "{" });
      await guest.decide(good, { at: 1, body: '{"verdict":"approve"}' });
      await guest.close();
      let outcome = await session.wait(cellId, { after: 0 });
      while (outcome.status === "yielded") outcome = await session.wait(cellId, { after: 0 });
      expect(shownBy(outcome)).toEqual([expect.stringMatching(/cannot be read.*"sent"\]$/)]);
    },
    tools,
  );
});

test.each([
  ["no keys", undefined, /"the keys of sealedStore" must be an object/],
  ["a current key that is not there", { current: "x", keys: { first } }, /none with this id/],
  [
    "a key that is too short",
    { current: "a", keys: { a: randomBytes(16) } },
    /32 bytes.*got 16 bytes/,
  ],
  ["a text", { current: "a", keys: { a: "secret" } }, /got a value of type string\.$/],
  ["an id that is none", { current: "a:b", keys: {} }, /"current" must be the id of a key/],
  ["another option", { ...keys, key: 1 }, /There is no option "key"/],
])("refuses %s", (_, given, message) => {
  const store = sqliteStore(newFile());
  expect(() => sealedStore(store, given as SealKeys)).toThrow(message);
});
