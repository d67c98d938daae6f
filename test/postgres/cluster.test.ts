import { describe, expect, test } from "vitest";
import type { CellEvent, CellOutcome } from "../../src/index.js";
import { TenantGateway } from "../../src/server/mcp/tenant-gateway.js";
import { Tenants } from "../../src/server/tenants/tenants.js";
import { Held, textsOf } from "../support/cells.js";
import { PostgresStores } from "../support/postgres-stores.js";
import { TestCluster, type TestServer } from "../support/test-cluster.js";

const name = { tenant: "t", session: "s" };
const other = { tenant: "u", session: "s" };
const untilEnd = { yieldAfterMs: Number.POSITIVE_INFINITY };

const postgres = new PostgresStores("servers");

function newCluster(): TestCluster {
  return new TestCluster(postgres.server.url, postgres.newSchema());
}

/** A tool that says where it runs, once it is let go; `begun` resolves when it has been called. */
function place(where: string) {
  const begun = new Held();
  const goOn = new Held();
  const execute = async (): Promise<string> => {
    begun.resolve();
    await goOn.promise;
    return where;
  };
  return { tools: { place: { onLost: "retry" as const, execute } }, begun, goOn };
}

const saysPlace = 'text("before"); yield_control(); text(await tools.place()); store("by", 1);';

/** As if the server had not been heard of for long. */
function endLeases({ schema }: TestCluster, { cells }: TestServer): Promise<void> {
  return postgres.endLeases(schema, { server: cells.id });
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: string }) => error.code,
  );
}

describe("servers of one store", () => {
  test("a cell is waited for at any of them, and says from where its cursor is", async () => {
    await using cluster = newCluster();
    const here = place("a");
    const [a, b] = [await cluster.add({ tools: here.tools }), await cluster.add(place("b"))];
    const first = await a.cells.exec(name, saysPlace, untilEnd);
    expect(first).toMatchObject({ status: "yielded", output: [{ text: "before" }] });
    here.goOn.resolve();
    const last = await b.cells.wait(name, first.cellId, untilEnd);
    expect(last).toMatchObject({ status: "completed", output: [{ text: "a" }], cursor: 2 });
    expect(await a.cells.wait(name, first.cellId, { after: 2 })).toMatchObject({ output: [] });
    expect(await b.cells.wait(name, first.cellId, { ...untilEnd, after: 0 })).toMatchObject({
      output: [{ text: "before" }, { text: "a" }],
    });
    expect(textsOf(await b.cells.exec(name, 'text(load("by"))', untilEnd))).toEqual(["1"]);
  });

  test("a cell is ended through any of them, and one of another tenant's is not there", async () => {
    await using cluster = newCluster();
    const [a, b] = [await cluster.add(place("a")), await cluster.add()];
    const { cellId } = await a.cells.exec(name, saysPlace, untilEnd);
    expect(await b.cells.terminate(other, cellId)).toMatchObject({ status: "missing" });
    expect(await b.cells.wait(other, cellId, untilEnd)).toMatchObject({ status: "missing" });
    expect(await b.cells.terminate(name, cellId)).toMatchObject({ status: "terminated" });
  });

  test("what a client that leaves has not been told waits for the next, wherever it asks", async () => {
    await using cluster = newCluster();
    const here = place("a");
    const [a, b] = [await cluster.add({ tools: here.tools }), await cluster.add()];
    const { cellId } = await a.cells.exec(name, saysPlace, untilEnd);
    const gone = new AbortController();
    const left = b.cells.wait(name, cellId, { ...untilEnd, signal: gone.signal });
    await here.begun.promise;
    gone.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    here.goOn.resolve();
    let last: CellOutcome | undefined;
    // The one that left may be observing yet.
    while (last === undefined) last = await b.cells.wait(name, cellId, untilEnd).catch(notBusy);
    expect(textsOf(last)).toEqual(["a"]);
  });

  test("one that is busy gives new cells to one that is not, and a request that is repeated is one cell", async () => {
    await using cluster = newCluster();
    const b = await cluster.add(place("b"));
    const here = place("a");
    const a = await cluster.add({ tools: here.tools, targetCells: 1 });
    const kept = await a.cells.exec(name, saysPlace, untilEnd);
    const events: CellEvent[] = [];
    const onEvent = (event: CellEvent): void => void events.push(event);
    const given = await a.cells.exec(other, saysPlace, { ...untilEnd, onEvent });
    expect(given).toMatchObject({ status: "yielded", output: [{ text: "before" }] });
    expect(events.map(({ type }) => type)).toEqual(["started", "output", "yielded"]);
    expect(await a.store.ownerOf(kept.cellId)).toMatchObject({ type: "here" });
    expect(await b.store.ownerOf(given.cellId)).toMatchObject({ type: "here" });
    const once = { ...untilEnd, requestId: "r" };
    const source = 'text("once")';
    const told = await Promise.all(
      [a, b, a, b].map(({ cells }) => cells.exec(name, source, once).catch(notBusy)),
    );
    const whole = await b.cells.exec(name, source, once);
    expect(whole).toMatchObject({ status: "completed", output: [{ text: "once" }] });
    for (const outcome of told) expect(outcome ?? whole).toEqual(whole);
    expect(await a.store.cells({ sessionId: "t/s" })).toHaveLength(2);
  });

  test("a cell whose server is gone goes on by itself at another, and what that says is told once", async () => {
    await using cluster = newCluster();
    const [here, there] = [place("a"), place("b")];
    const a = await cluster.add({ tools: here.tools });
    const first = await a.cells.exec(name, saysPlace, untilEnd);
    const zombie = a.cells.wait(name, first.cellId, untilEnd);
    await here.begun.promise;
    const b = await cluster.add({ tools: there.tools });
    await a.cutOff();
    await endLeases(cluster, a);
    // Nobody waits for it.
    await there.begun.promise;
    there.goOn.resolve();
    const told = await b.cells.wait(name, first.cellId, { ...untilEnd, after: 1 });
    expect(told).toMatchObject({ status: "completed", output: [{ text: "b" }], cursor: 2 });
    // The one that was there before finds that it is another's, and says what that has said.
    here.goOn.resolve();
    expect(await zombie).toMatchObject({ status: "completed", output: [{ text: "b" }] });
    const entries = await b.store.read(first.cellId, 0, 1000);
    expect(entries.filter(({ kind }) => kind === "ended")).toHaveLength(1);
    expect(textsOf(await a.cells.exec(name, 'text(load("by"))', untilEnd))).toEqual(["1"]);
  });

  test.each([
    ["waits to the end", untilEnd],
    ["does not wait", { yieldAfterMs: 0 }],
  ])(
    "who has been told the end is told nothing again by the server before, which knows less: %s",
    async (_, patience) => {
      await using cluster = newCluster();
      const [here, there] = [place("a"), place("b")];
      const a = await cluster.add({ tools: here.tools });
      const { cellId } = await a.cells.exec(name, saysPlace, untilEnd);
      await here.begun.promise;
      const b = await cluster.add({ tools: there.tools });
      await a.cutOff();
      await endLeases(cluster, a);
      there.goOn.resolve();
      const told = await b.cells.wait(name, cellId, { ...untilEnd, after: 1 });
      expect(told).toMatchObject({ status: "completed", cursor: 2 });
      const again = a.cells.wait(name, cellId, { ...patience, after: 2 });
      if (patience === untilEnd) here.goOn.resolve();
      expect(await again).toMatchObject({ status: "completed", output: [], cursor: 2 });
      here.goOn.resolve();
    },
  );

  test("a cell goes on by itself only where there are the tools with which it began", async () => {
    await using cluster = newCluster();
    const [here, there] = [place("a"), place("b")];
    const a = await cluster.add({ tools: here.tools });
    const bare = await cluster.add();
    await a.cells.exec(name, saysPlace, untilEnd);
    await here.begun.promise;
    await a.cells.drain(AbortSignal.abort());
    await bare.problem;
    expect(String(bare.problems[0])).toMatch(/does not go on here: tools are missing .*: place/);
    await cluster.add({ tools: there.tools });
    await there.begun.promise;
    there.goOn.resolve();
  });

  test("a client that waits at another when the server goes is told of the end", async () => {
    await using cluster = newCluster();
    const [here, there] = [place("a"), place("b")];
    const a = await cluster.add({ tools: here.tools });
    const b = await cluster.add({ tools: there.tools });
    const { cellId } = await a.cells.exec(name, saysPlace, untilEnd);
    const waiting = b.cells.wait(name, cellId, { ...untilEnd, after: 1 });
    await here.begun.promise;
    await a.cutOff();
    await endLeases(cluster, a);
    there.goOn.resolve();
    expect(await waiting).toMatchObject({ status: "completed", output: [{ text: "b" }] });
    expect(b.problems.map(String).join()).toMatch(/The server at http:\/\/127\.0\.0\.1:\d+ cannot/);
  });

  test("a decision at one is told to the one that has the cell, and holds at both", async () => {
    await using cluster = newCluster();
    const tools = { pay: { approval: "ask" as const, execute: () => "paid" } };
    const [a, b] = [await cluster.add({ tools }), await cluster.add({ tools })];
    const alone = await cluster.add({ tools, secret: undefined });
    const first = await a.cells.exec(name, "text(await tools.pay())", { yieldOnApproval: true });
    const { cellId } = first;
    const [{ approvalId } = { approvalId: "" }] = await b.codeMode.approvals({ cellId });
    const question = { cellId, approvalId };
    // Both at once: the store says which holds.
    const decided = await Promise.all(
      [a, b].map(({ codeMode }, index) =>
        codeMode.decide(approvalId, { verdict: "approve", note: `${index}` }),
      ),
    );
    expect(decided.map(({ status }) => status).sort()).toEqual(["alreadyDecided", "decided"]);
    const [one, two] = decided.map((outcome) => "decision" in outcome && outcome.decision);
    expect(one).toEqual(two);
    const told = await b.cells.decided(name, question);
    const { type } = await a.store.ownerOf(cellId);
    // It may have ended meanwhile.
    expect(told || type === "ended").toBe(true);
    expect(await a.cells.decided(name, question)).toBe(false);
    expect(await b.cells.decided(other, question)).toBe(false);
    expect(await alone.cells.decided(name, question)).toBe(false);
    expect(textsOf(await b.cells.wait(name, cellId, untilEnd))).toEqual(["paid"]);
  });

  test("an MCP client waits for its tenant's cells at any of them, and ends them", async () => {
    await using cluster = newCluster();
    const here = place("a");
    const [a, b] = [await cluster.add({ tools: here.tools }), await cluster.add(place("b"))];
    const open = ({ cells, local }: TestServer, tenant = "t") =>
      new TenantGateway({
        tenant,
        cells,
        local,
        tenants: new Tenants({}),
        ready: Promise.resolve(),
      }).openSession();
    const own = open(a);
    const { cellId } = await own.exec(saysPlace, untilEnd);
    expect(await open(b, "u").wait(cellId, untilEnd)).toMatchObject({ status: "missing" });
    expect(await open(b, "u").terminate(cellId)).toMatchObject({ status: "missing" });
    expect(await open(b).wait(cellId, { yieldAfterMs: 0 })).toMatchObject({ status: "yielded" });
    here.goOn.resolve();
    expect(textsOf(await open(b).wait(cellId, untilEnd))).toEqual(["a"]);
    const hour = "await new Promise((go) => setTimeout(go, 3600000))";
    const long = await own.exec(hour, { yieldAfterMs: 0 });
    // Another session of the server that has it.
    expect(await open(a).terminate(long.cellId)).toMatchObject({ status: "terminated" });
    expect(await open(b).wait("no cell", untilEnd)).toMatchObject({ status: "missing" });
  });

  test("one that is alone waits until it is known that the one before is gone", async () => {
    await using cluster = newCluster();
    const [here, there] = [place("a"), place("b")];
    const a = await cluster.add({ tools: here.tools, secret: undefined });
    const { cellId } = await a.cells.exec(name, saysPlace, untilEnd);
    await here.begun.promise;
    const b = await cluster.add({ tools: there.tools, secret: undefined });
    const waiting = b.cells.wait(name, cellId, { ...untilEnd, after: 1 });
    await a.cells.close();
    await endLeases(cluster, a);
    there.goOn.resolve();
    expect(await waiting).toMatchObject({ status: "completed", output: [{ text: "b" }] });
  });

  test("one that drains takes nothing new, and the others go on with what it has", async () => {
    await using cluster = newCluster();
    const [here, there] = [place("a"), place("b")];
    const a = await cluster.add({ tools: here.tools });
    const b = await cluster.add({ tools: there.tools });
    const { cellId } = await a.cells.exec(name, saysPlace, untilEnd);
    await a.cells.drain(AbortSignal.abort());
    expect(await codeOf(a.cells.exec(name, "text(1)", untilEnd))).toBe("ERR_DRAINING");
    await there.begun.promise;
    there.goOn.resolve();
    const last = await b.cells.wait(name, cellId, { ...untilEnd, after: 0 });
    expect(textsOf(last)).toEqual(["before", "b"]);
  });

  test("a cell that the store did not take has not begun: the client is told to ask again", async () => {
    await using cluster = newCluster();
    const { cells } = await cluster.add();
    const exec = () => cells.exec(name, "text(1)", { ...untilEnd, requestId: "r" });
    const { schema } = cluster;
    await postgres.server.sql(
      `CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON ${schema}.cells FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse()`,
    );
    expect(await codeOf(exec())).toBe("ERR_STORE_UNAVAILABLE");
    await postgres.server.sql(`DROP TRIGGER refuse ON ${schema}.cells`);
    expect(await exec()).toMatchObject({ status: "completed", output: [{ text: "1" }] });
  });

  test("where the one that has a cell cannot be asked, the client is told to ask again", async () => {
    await using cluster = newCluster();
    const a = await cluster.add(place("a"));
    const strange = await cluster.add({ secret: "another", followMs: 0 });
    const alone = await cluster.add({ secret: undefined, followMs: 0 });
    const far = await cluster.add({ followMs: 0 });
    const { cellId } = await a.cells.exec(name, saysPlace, untilEnd);
    expect(await codeOf(strange.cells.wait(name, cellId, untilEnd))).toBe("ERR_UNAVAILABLE");
    expect(await codeOf(alone.cells.wait(name, cellId, untilEnd))).toBe("ERR_CELL_BUSY");
    await a.cutOff();
    expect(await codeOf(far.cells.wait(name, cellId, untilEnd))).toBe("ERR_UNAVAILABLE");
    // It has an address that is another's, who says so.
    const own = await cluster.add();
    const [{ address } = { address: "" }] = (await postgres.server.sql(
      `SELECT address FROM ${cluster.schema}.servers WHERE id = '${own.cells.id}'`,
    )) as readonly { readonly address: string }[];
    const twin = await cluster.add({ ...place("twin"), address });
    const twins = await twin.cells.exec(name, saysPlace, untilEnd);
    expect(await codeOf(far.cells.wait(name, twins.cellId, untilEnd))).toBe("ERR_UNAVAILABLE");
  });
});

function notBusy(thrown: { readonly code?: string }): undefined {
  if (thrown.code !== "ERR_CELL_BUSY") throw thrown;
}
