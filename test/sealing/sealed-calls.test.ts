import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ClusterStore } from "../../src/postgres.js";
import { type DurableStore, sealedStore, sqliteStore } from "../../src/sqlite.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-sealed-calls-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const keys = { current: "k", keys: { k: new Uint8Array(32).fill(1) } };
const newCell = { cellId: "a", sessionId: "s", host: "h" };

function record(seq: number) {
  return { seq, at: 1, kind: "out", body: `{"n":${seq}}` };
}

/**
 * A store, and what it is asked for, by the names of its methods.
 *
 * @param others - Methods that it has besides, or has not.
 */
function notedStore(others: object = {}) {
  files += 1;
  const store = sqliteStore(join(folder, `${files}.db`));
  const asked: string[] = [];
  const noted = new Proxy(store, {
    get(target, name) {
      const own = name in others;
      const method: unknown = Reflect.get(own ? others : target, name);
      if (typeof method !== "function") return method;
      return (...given: unknown[]) => {
        asked.push(String(name));
        return Reflect.apply(method, own ? others : target, given);
      };
    },
  });
  return { store, noted, sealed: sealedStore(noted, keys), asked };
}

describe("a sealed store", () => {
  test("knows the session of a cell that is written through it, until that has ended or is given up", async () => {
    const { sealed, store, asked } = notedStore();
    const append = async (
      seq: number,
      epoch: number,
      isLast = false,
    ): Promise<readonly unknown[]> => {
      asked.length = 0;
      const at = { cellId: "a", epoch, seq };
      const end = isLast ? ({ status: "completed", at: 1, writes: [] } as const) : undefined;
      return [await sealed.append(at, [record(seq)], end), ...asked];
    };
    await sealed.create({ ...newCell, records: [record(0)] });
    expect(await append(1, 1)).toEqual(["appended", "append"]);
    asked.length = 0;
    expect(await sealed.read("a", 0, 10)).toEqual([record(0), record(1)]);
    expect(asked).toEqual(["read"]);
    await sealed.release("a", 1);
    expect(await append(2, 1)).toEqual(["appended", "find", "append"]);
    expect(await sealed.claim("a", "h")).toMatchObject({ type: "claimed", epoch: 2 });
    expect(await append(3, 2, true)).toEqual(["appended", "append"]);
    expect((await append(4, 2)).slice(1)).toEqual(["find", "append"]);
    expect(await sealed.read("a", 2, 2)).toEqual([record(2), record(3)]);
    await store.close();
  });

  test("does not remember the session of a cell that ends as it is made, or that it cannot claim", async () => {
    const { sealed, store, asked } = notedStore();
    const end = { status: "completed", at: 1, writes: ["k", "1"] } as const;
    await sealed.create({ ...newCell, records: [record(0)], end });
    expect(await sealed.values("s")).toEqual(["k", "1"]);
    expect(await sealed.claim("a", "h")).toEqual({ type: "ended" });
    expect(asked).not.toContain("find");
    await sealed.append({ cellId: "a", epoch: 1, seq: 1 }, [record(1)]);
    expect(asked.slice(-2)).toEqual(["find", "append"]);
    asked.length = 0;
    const lost = { cellId: "none", epoch: 1, seq: 1 };
    expect(await sealed.append(lost, [record(1)])).toBe("fenced");
    expect(asked).toEqual(["find"]);
    await store.close();
  });

  test("of a store without versions of values has all of them each time", async () => {
    const { sealed, store } = notedStore({ valuesSince: undefined });
    const end = { status: "completed", at: 1, writes: ["k", "1"] } as const;
    await sealed.create({ ...newCell, records: [record(0)], end });
    const all = { type: "changed", version: "", values: ["k", "1"] };
    expect(await sealed.valuesSince?.("s", undefined)).toEqual(all);
    expect(await sealed.valuesSince?.("s", "")).toEqual(all);
    await store.close();
  });

  test("is one that many servers share where that is what it seals, and no other", async () => {
    const answers = {
      beat: async (server: unknown) => [server],
      ownerOf: async (cellId: string) => ({ type: "missing", cellId }),
      orphans: async (limit: number) => [limit],
      share: async (request: unknown) => ({ request }),
    };
    const { sealed, store, asked } = notedStore(answers);
    const shared = sealed as ClusterStore;
    expect(await shared.beat("server" as never)).toEqual(["server"]);
    expect(await shared.ownerOf("a")).toEqual({ type: "missing", cellId: "a" });
    expect(await shared.orphans(3)).toEqual([3]);
    expect(await shared.share("share" as never)).toEqual({ request: "share" });
    expect(asked).toEqual(["beat", "ownerOf", "orphans", "share"]);
    await store.close();
    for (const name of Object.keys(answers)) {
      const lacking = notedStore({ ...answers, [name]: undefined });
      expect("beat" in lacking.sealed).toBe(false);
      await lacking.store.close();
    }
  });

  test.each([[null], [undefined], ["a.db"], [{}], [{ append: true }], [() => {}]])(
    "is not made of what is no store (%j)",
    (given) => {
      expect(() => sealedStore(given as unknown as DurableStore, keys)).toThrow(
        expect.objectContaining({
          code: "ERR_INVALID_OPTION",
          message: expect.stringContaining(
            '"store" must be a store, such as sqliteStore(file) makes',
          ),
        }),
      );
    },
  );
});
