import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ToolLookups } from "../../src/calls/tool-lookups.js";
import type { BackendCommand } from "../../src/protocol/cell-backend.js";
import { ToolSet } from "../../src/tools/tool-set.js";

const execute = (): void => {};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a cell asks about its tools, without a cell. */
function openLookups(maxResultBytes = 10_000) {
  const sent: BackendCommand[] = [];
  const { tools } = ToolSet.empty.with({ alpha: { execute }, beta: { execute } });
  const lookups = new ToolLookups({
    tools,
    maxResultBytes,
    send: (command) => sent.push(command),
  });
  const lookUp = (callId: number, name: string): void =>
    lookups.take({ type: "toolLookup", callId, name });
  const search = (callId: number, query: string): void =>
    lookups.take({ type: "toolSearch", callId, query, limit: 5 });
  const until = async (count: number): Promise<void> => {
    while (sent.length < count) await turn();
  };
  return { lookups, sent, lookUp, search, until };
}

describe("what a cell asks about its tools", () => {
  test("is answered in a later turn, one after the other, in their order", async () => {
    const { sent, lookUp, search, until } = openLookups();
    lookUp(1, "alpha");
    search(2, "beta");
    lookUp(3, "gamma");
    lookUp(4, "beta");
    expect(sent).toEqual([]);
    await turn();
    expect(sent.length).toBeLessThanOrEqual(1);
    await until(4);
    expect(sent).toMatchObject([
      { type: "toolResolved", callId: 1, isJson: true },
      { type: "toolResolved", callId: 2, isJson: true },
      { type: "toolRejected", callId: 3 },
      { type: "toolResolved", callId: 4, isJson: true },
    ]);
    lookUp(5, "alpha");
    await until(5);
    await turn();
    expect(sent).toHaveLength(5);
  });

  test("goes nowhere when the cell is over, also what is being answered", async () => {
    const { lookups, sent, lookUp, search } = openLookups();
    search(1, "alpha");
    lookUp(2, "alpha");
    await turn();
    lookups.dropAll();
    lookups.dropAll();
    lookUp(3, "alpha");
    const before = sent.length;
    for (let count = 0; count < 5; count += 1) await turn();
    expect(sent).toHaveLength(before);
  });

  describe("is answered when its tools have been read, one in each turn,", () => {
    beforeEach(() => {
      let now = 0;
      vi.spyOn(performance, "now").mockImplementation(() => {
        now += 1000;
        return now;
      });
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });
    const turns = async (): Promise<void> => {
      for (let count = 0; count < 10; count += 1) await turn();
    };

    test.each(["a search", "an unknown name"])(
      "unless the cell is over by then: %s",
      async (what) => {
        for (const ends of [false, true]) {
          const { lookups, sent, lookUp, search } = openLookups();
          if (what === "a search") search(1, "alpha");
          else lookUp(1, "gamma");
          await turn();
          expect(sent).toEqual([]);
          if (ends) lookups.dropAll();
          await turns();
          expect(sent).toHaveLength(ends ? 0 : 1);
        }
      },
    );

    test("once, also where it is asked when there was nothing to answer any more", async () => {
      const { sent, lookUp, search, until } = openLookups();
      lookUp(1, "alpha");
      await until(1);
      search(2, "alpha");
      await turns();
      expect(sent).toHaveLength(2);
    });
  });

  test("is answered up to the limit of results, in bytes", async () => {
    const wide = openLookups();
    wide.lookUp(1, "alpha");
    await wide.until(1);
    const [answer] = wide.sent;
    if (answer?.type !== "toolResolved") throw new Error("there is no such tool");
    const bytes = Buffer.byteLength(answer.result);
    for (const [limit, type] of [
      [bytes, "toolResolved"],
      [bytes - 1, "toolRejected"],
    ] as const) {
      const { sent, lookUp, until } = openLookups(limit);
      lookUp(1, "alpha");
      await until(1);
      expect(sent).toMatchObject([{ type }]);
    }
  });

  test("is searched a thousand times", async () => {
    const { sent, lookUp, search, until } = openLookups();
    for (let id = 1; id <= 1000; id += 1) search(id, "alpha");
    search(1001, "alpha");
    lookUp(1002, "gamma");
    lookUp(1003, "alpha");
    await until(1003);
    expect(sent[999]).toMatchObject({ type: "toolResolved" });
    const message = expect.stringContaining("has searched its tools 1000 times");
    expect(sent.slice(1000)).toMatchObject([
      { type: "toolRejected", callId: 1001, message },
      { type: "toolRejected", callId: 1002, message },
      { type: "toolResolved", callId: 1003 },
    ]);
  });
});
