import { describe, expect, test } from "vitest";
import { Held } from "../support/cells.js";
import { type Cut, CutProxy } from "../support/cut-proxy.js";
import { PostgresStores, recordOf } from "../support/postgres-stores.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };

const postgres = new PostgresStores("connections");

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
    const asks = { ...recordOf(1), asks: "q" };
    const end = { status: "completed", at: 5, writes: ["k", "1"] } as const;
    const decision = { at: 7, body: "{}" };
    await store.create({ cellId: "0", sessionId: "s", host: "h", records: [recordOf(0)] });
    const steps: readonly (readonly [() => Promise<unknown>, unknown])[] = [
      [
        () => store.create({ cellId: "a", sessionId: "s", host: "h", records: [recordOf(0)] }),
        undefined,
      ],
      [() => store.append({ cellId: "a", epoch: 1, seq: 1 }, [asks, recordOf(2)]), "appended"],
      [() => store.decide("q", decision), { type: "decided" }],
      [() => store.decide("q", { at: 8, body: "{}" }), { type: "alreadyDecided", decision }],
      [() => store.append({ cellId: "a", epoch: 2, seq: 3 }, [recordOf(3)]), "fenced"],
      [() => store.append({ cellId: "a", epoch: 1, seq: 3 }, [recordOf(3)], end), "appended"],
      [() => store.claim("a", "h"), { type: "ended" }],
      [() => store.values("s"), ["k", "1"]],
    ];
    for (const [index, [step, expected]] of steps.entries()) {
      proxy.cutNext(cut);
      expect(await step()).toEqual(expected);
      expect(proxy.cuts).toBe(index + 1);
    }
    expect(await store.read("a", 0, 9)).toEqual([0, 1, 2, 3].map(recordOf));
  });

  test.each(cuts)("tables are made once and whole, wherever it happens (%s)", async (cut) => {
    const proxy = new CutProxy(socketOf(postgres.server.url));
    const url = `postgres://codecell@127.0.0.1:${await proxy.port()}/postgres`;
    let isCut = true;
    for (let passing = 0; isCut; passing += 1) {
      const schema = postgres.newSchema();
      const store = postgres.open(schema, { url });
      proxy.cutNext(cut, passing);
      await store.create({ cellId: "a", sessionId: "s", host: "h", records: [recordOf(0)] });
      isCut = proxy.cuts > passing;
      const tables = await postgres.server.sql(`SELECT version FROM ${schema}.codecell_version`);
      expect(tables).toEqual([{ version: 3 }]);
      expect(await store.read("a", 0, 9)).toEqual([recordOf(0)]);
      await store.close();
    }
    // Its connection, and what makes the tables.
    expect(proxy.cuts).toBeGreaterThan(8);
  });

  test("a cell waits at its gates while the database is down, and goes on; an exec is refused", async () => {
    const schema = postgres.newSchema();
    const isDown = new Held();
    const calls: string[] = [];
    const codeMode = postgres.openRuntime(schema, {
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
    await store.create({ cellId: "a", sessionId: "s", host: "h", records: [recordOf(0)] });
    for (let seq = 1; seq <= 20; seq += 1) {
      await store.append({ cellId: "a", epoch: 1, seq }, [recordOf(seq)]);
    }
    await postgres.server.tell("kill");
    await postgres.server.tell("start");
    expect(await store.read("a", 0, 100)).toHaveLength(21);
    expect(await store.find("a")).toMatchObject({ records: 21 });
  });
});
