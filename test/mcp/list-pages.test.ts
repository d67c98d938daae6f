import { describe, expect, test } from "vitest";
import { listPages } from "../../src/mcp/client/list-pages.js";

describe("a list in pages", () => {
  /** The names in a list whose pages are these, and the cursors that were asked for. */
  async function listed(page: (cursor: unknown, index: number) => object) {
    const cursors: unknown[] = [];
    const request = async (_method: string, params: object = {}) => {
      const { cursor } = params as { cursor?: unknown };
      cursors.push(cursor);
      return { ...page(cursor, cursors.length - 1) };
    };
    const what = { method: "m/list", list: "entries", key: "name" };
    const entries = await listPages({ name: "s", request }, what);
    return { names: entries.map(({ name }) => name), cursors };
  }

  test("is read to its end, without entries that have no name", async () => {
    const odd = [null, "a", 1, {}, { name: 1 }, [], { name: "b" }, { name: "" }];
    expect(
      await listed((_cursor, index) =>
        index === 0 ? { entries: odd, nextCursor: "" } : { entries: [{ name: "c" }] },
      ),
    ).toEqual({ names: ["b", "", "c"], cursors: [undefined, ""] });
  });

  test.each([undefined, null, 1, {}])("ends where the next cursor is %j", async (nextCursor) => {
    const { cursors } = await listed(() => ({ entries: "none", nextCursor }));
    expect(cursors).toEqual([undefined]);
  });

  test("ends where a cursor is the same as before, and after 100 pages or 10 000 entries", async () => {
    const same = await listed(() => ({ entries: [{ name: "a" }], nextCursor: "1" }));
    expect(same).toEqual({ names: ["a", "a"], cursors: [undefined, "1"] });
    const endless = await listed((_cursor, index) => ({ nextCursor: `${index}` }));
    expect(endless.cursors).toHaveLength(100);
    const entries = Array.from({ length: 4_000 }, () => ({ name: "a" }));
    const large = await listed((_cursor, index) => ({ entries, nextCursor: `${index}` }));
    expect([large.cursors.length, large.names.length]).toEqual([3, 10_000]);
    const half = entries.slice(0, 2_500);
    const full = await listed((_cursor, index) => ({ entries: half, nextCursor: `${index}` }));
    expect([full.cursors.length, full.names.length]).toEqual([4, 10_000]);
  });

  test("is empty where its server does not know it, and fails where that fails", async () => {
    const fail = (code: number) => () => {
      throw Object.assign(new Error("no"), { code });
    };
    expect((await listed(fail(-32_601))).names).toEqual([]);
    await expect(listed(fail(-32_603))).rejects.toThrow("no");
  });
});
