import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type ClusterStore, isClusterStore } from "../../src/durable/cluster-store.js";
import { createCodeMode } from "../../src/index.js";
import { type SealKeys, sealedStore, sqliteStore } from "../../src/sqlite.js";
import { Place, storeWith } from "../support/store-place.js";

const keys: SealKeys = { current: "k", keys: { k: randomBytes(32) } };
const cellId = "01234567-89ab-7def-8123-456789abcdef";

describe("a sealed store", () => {
  test("gives all values as changed where the store in it has no versions of them", async () => {
    const plain = storeWith(sqliteStore(new Place().file), {});
    expect(plain.valuesSince).toBeUndefined();
    const sealed = sealedStore(plain, keys);
    const record = { seq: 0, at: 0, kind: "opened", body: "{}" };
    await sealed.create({ cellId, sessionId: "s", host: "h", records: [record] });
    const at = { cellId, epoch: 1, seq: 1 };
    const ended = { status: "completed", at: 1, writes: ["a", "1", "b", '"two"'] } as const;
    await sealed.append(at, [], ended);
    const sealedValues = await plain.values("s");
    expect(sealedValues[1]).toMatch(/^sealed:/);
    const first = await sealed.valuesSince?.("s", undefined);
    expect(first).toMatchObject({ type: "changed", values: ["a", "1", "b", '"two"'] });
    const { version } = first as { version: string };
    expect(await sealed.valuesSince?.("s", version)).toEqual(first);
    await sealed.close();
  });

  test("is a cluster's if the store in it is, which then says which server has what", async () => {
    const plain = sqliteStore(new Place().file);
    const asked: unknown[] = [];
    const noting =
      <Answer>(answer: Answer) =>
      async (given: unknown): Promise<Answer> => {
        asked.push(given);
        return answer;
      };
    const answers = {
      beat: [],
      ownerOf: { type: "here", sessionId: "s" },
      orphans: [{ cellId, sessionId: "s" }],
      share: { cells: 1, begins: 2, left: 0.5 },
    } as const;
    const cluster: ClusterStore = Object.assign(storeWith(plain, {}), {
      beat: noting(answers.beat),
      ownerOf: noting(answers.ownerOf),
      orphans: noting(answers.orphans),
      share: noting(answers.share),
    });
    expect(isClusterStore(sealedStore(plain, keys))).toBe(false);
    const sealed = sealedStore(cluster, keys);
    const server = {
      ...{ id: "1", address: "http://a", load: 0, isDraining: false },
      ...{ protocol: 1, version: "0" },
    };
    const request = {
      ...{ server: "1", tenant: "t" },
      cells: { running: 0, wanted: 1, most: undefined },
      begins: { wanted: 1, mostPerMinute: undefined },
    };
    expect(await sealed.beat(server)).toBe(answers.beat);
    expect(await sealed.ownerOf(cellId)).toBe(answers.ownerOf);
    expect(await sealed.orphans(3)).toBe(answers.orphans);
    expect(await sealed.share(request)).toBe(answers.share);
    expect(asked).toEqual([server, cellId, 3, request]);
    // What is secret is sealed all the same.
    await using codeMode = createCodeMode({ durability: { store: sealed } });
    const session = codeMode.openSession({ id: "s" });
    await session.exec("store('k', 1)");
    expect(await plain.values("s")).toEqual(["k", expect.stringMatching(/^sealed:/)]);
    await codeMode.close();
    await sealed.close();
  });
});
