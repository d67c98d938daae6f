import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createCodeMode, type RevertContext, type RevertReport } from "../../src/index.js";
import { sealedStore, sqliteStore } from "../../src/sqlite.js";
import { completedOf, Held } from "../support/cells.js";
import { runProgram } from "../support/child.js";
import { runCli, Workspace } from "../support/cli.js";
import { Place } from "../support/store-place.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-revert-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What was reverted, in order. */
class World {
  readonly reverted: unknown[] = [];
  readonly contexts: RevertContext[] = [];

  /** Tools that have effects: `send`, which can be reverted, `print`, which cannot, and `look`, which has none. */
  get tools() {
    return {
      send: {
        execute: ({ id }: { id: number }) => ({ sent: id }),
        revert: (input: unknown, result: unknown, context: RevertContext) => {
          this.reverted.push([input, result]);
          this.contexts.push(context);
        },
      },
      print: { execute: () => "printed" },
      look: { effect: "read", execute: () => "seen" },
    } as const;
  }
}

function statuses({ status, calls }: RevertReport): readonly string[] {
  return [
    status,
    ...calls.map(({ callId, ...call }) => `${callId.split("-").at(-1)} ${call.status}`),
  ];
}

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "fulfilled",
    (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
  );
}

describe("codeMode.revert", () => {
  test("reverts the calls of a cell, the last first, with their inputs, results and keys, and once", async () => {
    const key = Buffer.alloc(32, 5);
    const place = new Place((store) => sealedStore(store, { current: "a", keys: { a: key } }));
    const world = new World();
    const codeMode = await place.open({ tools: world.tools });
    const { cellId } = completedOf(
      await codeMode.openSession({ id: "s" }).exec(`
        await tools.look();
        await tools.send({ id: 1 });
        await Promise.all([tools.send({ id: 2 }), tools.look()]);`),
    );
    const report = await codeMode.revert(cellId);
    expect(statuses(report)).toEqual(["reverted", "3 reverted", "2 reverted"]);
    expect(world.reverted).toEqual([
      [{ id: 2 }, { sent: 2 }],
      [{ id: 1 }, { sent: 1 }],
    ]);
    expect(world.contexts[1]).toMatchObject({
      sessionId: "s",
      cellId,
      callId: `${cellId}-2`,
      callKey: `${cellId}/2`,
      idempotencyKey: `${cellId}/2/revert`,
      attempt: 1,
    });

    const later = await place.open({ tools: world.tools });
    expect(await later.revert(cellId)).toEqual(report);
    expect(world.reverted).toHaveLength(2);
    // Its end is told as before.
    expect(await later.openSession({ id: "s" }).wait(cellId)).toMatchObject({
      status: "completed",
    });
    await place.close();
  });

  test("gives a tool the input that a person approved in the place of the cell's", async () => {
    const place = new Place();
    const world = new World();
    const send = { ...world.tools.send, approval: "ask" } as const;
    const onApproval = () => ({ approved: true, input: { id: 7 } });
    const codeMode = await place.open({ tools: { send }, onApproval });
    const { cellId } = await codeMode.openSession().exec("await tools.send({ id: 1 });");
    await codeMode.revert(cellId);
    expect(world.reverted).toEqual([[{ id: 7 }, { sent: 7 }]]);
    await place.close();
  });

  test("stops at the first that fails, and goes on there when it is called again", async () => {
    const place = new Place();
    const world = new World();
    let isDown = true;
    const { execute, revert } = world.tools.send;
    const send = {
      execute,
      revert: (input: { id: number }, result: unknown, context: RevertContext) => {
        revert(input, result, context);
        if (input.id === 2 && isDown) throw new Error("The server is down.");
      },
    };
    const codeMode = await place.open({ tools: { ...world.tools, send } });
    const source = `
      await tools.send({ id: 1 });
      await tools.print();
      for (const id of [2, 3]) await tools.send({ id });`;
    const { cellId } = await codeMode.openSession().exec(source);
    const first = await codeMode.revert(cellId);
    expect(statuses(first)).toEqual([
      ...["incomplete", "4 reverted", "3 failed", "2 irreversible", "1 pending"],
    ]);
    expect(first.calls[1]).toMatchObject({ tool: "send", error: "The server is down." });
    isDown = false;
    const second = await codeMode.revert(cellId);
    expect(statuses(second)).toEqual([
      ...["incomplete", "4 reverted", "3 reverted", "2 irreversible", "1 reverted"],
    ]);
    expect(world.contexts.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 1]);
    expect(new Set(world.contexts.map((context) => context.idempotencyKey)).size).toBe(3);
    await place.close();
    using workspace = new Workspace();
    const shown = await runCli(["cells", "show", cellId, "--store", place.file], {
      cwd: workspace.path,
    });
    expect(shown.stdout).toContain(
      "⇐ #3 not reverted: The server is down.\n⇐ #3 is reverted again\n⇐ #3 reverted\n",
    );
  });

  test("says of which calls nobody knows whether they took effect", async () => {
    const place = new Place();
    const tools = {
      fail: {
        execute: () => {
          throw new Error("timeout");
        },
        revert: () => {},
      },
      refuse: { inputSchema: { type: "object" }, execute: () => {}, revert: () => {} },
    };
    const codeMode = await place.open({ tools });
    const source = "await tools.refuse(1).catch(() => {}); await tools.fail().catch(() => {});";
    const { cellId } = completedOf(await codeMode.openSession().exec(source));
    // What was refused has never begun.
    expect(statuses(await codeMode.revert(cellId))).toEqual(["incomplete", "2 unknown"]);
    await place.close();
  });

  test("does nothing to a cell that is not there or has not ended, or without a tool that it called", async () => {
    const place = new Place();
    const world = new World();
    const begun = new Held();
    const never = new Held();
    const hang = {
      execute: () => {
        begun.resolve();
        return never.promise;
      },
    };
    const codeMode = await place.open();
    const session = codeMode.openSession({ tools: { ...world.tools, hang } });
    const open = await session.exec("await tools.hang();", { yieldAfterMs: 0 });
    await begun.promise;
    expect(await codeOf(codeMode.revert(open.cellId))).toMatch(/^ERR_CELL_BUSY .* has not ended/);
    expect(await codeOf(codeMode.revert("none"))).toMatch(/^ERR_INVALID_OPTION .*"cellId"/);
    const wrong = { onLost: "ask" } as unknown as { onLost: "fail" };
    expect(await codeOf(codeMode.revert("none", wrong))).toMatch(/^ERR_INVALID_OPTION .*"onLost"/);

    const { cellId } = await session.exec("await tools.send({ id: 1 }); await tools.print();");
    expect(await codeOf(codeMode.revert(cellId))).toMatch(/^ERR_INVALID_OPTION .* has print/);
    expect(world.reverted).toEqual([]);
    const report = await codeMode.revert(cellId, { tools: world.tools });
    expect(statuses(report)).toEqual(["incomplete", "2 irreversible", "1 reverted"]);
    await session.terminate(open.cellId);
    const terminated = await codeMode.revert(open.cellId, { tools: { hang } });
    expect(statuses(terminated)).toEqual(["incomplete", "1 unknown"]);
    never.resolve();
    await place.close();
    const without = createCodeMode();
    expect(await codeOf(without.revert(cellId))).toMatch(
      /^ERR_INVALID_OPTION revert needs a store/,
    );
    await without.close();
  });

  test("runs once at a time for a cell; a runtime that is closed waits for the call that it is at, and begins no other", async () => {
    const place = new Place();
    const begun = new Held();
    const held = new Held();
    const send = {
      execute: () => 1,
      revert: () => {
        begun.resolve();
        return held.promise;
      },
    };
    const codeMode = await place.open({ tools: { send } });
    const { cellId } = await codeMode.openSession().exec("await tools.send(); await tools.send();");
    const first = codeMode.revert(cellId);
    await begun.promise;
    expect(await codeOf(codeMode.revert(cellId))).toMatch(/^ERR_CELL_BUSY .* is being reverted/);
    const closed = codeMode.close();
    expect(await codeOf(codeMode.revert(cellId))).toMatch(/^ERR_SESSION_CLOSED/);
    held.resolve();
    expect(statuses(await first)).toEqual(["incomplete", "2 reverted", "1 failed"]);
    await closed;
    await place.close();
  });

  test.each([
    ["before", "its effect", ["3 3/revert"]],
    ["after", "its effect", ["3 3/revert", "2 2/revert"]],
  ])(
    "reverts nothing twice after a process was killed %s %s, unless it is told to",
    async (moment, _, lines) => {
      const file = join(folder, `${moment}.db`);
      const world = join(folder, `${moment}.txt`);
      const killed = await runProgram("durable", ["revert-and-die", file, world, moment]);
      expect(killed.signal).toBe("SIGKILL");
      const cellId = killed.stdout.trim();
      const seen = (): readonly string[] => readFileSync(world, "utf8").trim().split("\n");
      expect(seen()).toEqual(lines);

      const store = sqliteStore(file);
      const again: string[] = [];
      const send = {
        execute: () => {},
        revert: (id: number, _result: unknown, { attempt, idempotencyKey }: RevertContext) =>
          void again.push(`${id} ${attempt} ${idempotencyKey.slice(cellId.length + 1)}`),
      };
      const codeMode = createCodeMode({ tools: { send }, durability: { store } });
      const lost = ["incomplete", "3 reverted", "2 lost", "1 pending"];
      expect(statuses(await codeMode.revert(cellId))).toEqual(lost);
      expect(again).toEqual([]);
      const retried = await codeMode.revert(cellId, { onLost: "retry" });
      expect(statuses(retried)).toEqual(["reverted", "3 reverted", "2 reverted", "1 reverted"]);
      expect(again).toEqual(["2 2 2/revert", "1 1 1/revert"]);
      await codeMode.close();
      await store.close();
    },
  );
});
