import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { advertised, openCluster } from "../../src/cli/serve/cluster.js";
import type { ServeOptions } from "../../src/cli/serve/serve-options.js";
import { createCodeMode } from "../../src/index.js";
import { postgresStore } from "../../src/postgres.js";
import { LocalCells } from "../../src/server/local-cells.js";
import { sqliteStore } from "../../src/sqlite.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-serve-cluster-"));
const secret = join(folder, "secret");
writeFileSync(secret, "0123456789abcdef\n");
const short = join(folder, "short");
writeFileSync(short, "0123456789abcde\n\n");
const file = sqliteStore(join(folder, "cells.db"));
// It connects when it is first used.
const shared = postgresStore("postgres://nobody@127.0.0.1:1/none");
const codeMode = createCodeMode({ durability: { store: file } });
const local = new LocalCells({ codeMode });
afterAll(async () => {
  await codeMode.close();
  await Promise.all([file.close(), shared.close()]);
  rmSync(folder, { recursive: true });
});

const options = {
  store: "x",
  listen: { host: "127.0.0.1", port: 0 },
  isolation: "thread",
  maxYieldAfter: 1,
  drain: 1,
  targetCells: 1,
} satisfies ServeOptions;

describe("codecell serve with others", () => {
  test("is one of many where its store can be, and alone where that is a file", async () => {
    const open = (store: typeof file | typeof shared, given: object = {}) =>
      openCluster({ ...options, ...given }, store, { local, onProblem: () => {} });
    expect(await open(shared)).toBeDefined();
    expect(await open(shared, { clusterSecret: secret })).toBeDefined();
    expect(await open(file)).toBeUndefined();
    await expect(open(file, { clusterSecret: secret })).rejects.toThrow(/give --store postgres:/);
    await expect(open(file, { advertise: "http://a:1" })).rejects.toThrow(/a file has one server/);
    await expect(open(shared, { advertise: "a:1" })).rejects.toThrow(/must be a URL such as/);
    await expect(open(shared, { advertise: "file:///a" })).rejects.toThrow(/must be a URL such as/);
  });

  test("refuses a secret that can be guessed or is not there, and shows none", async () => {
    const open = (clusterSecret?: string) =>
      openCluster({ ...options, ...(clusterSecret !== undefined && { clusterSecret }) }, shared, {
        local,
        onProblem: () => {},
      });
    await expect(open(short)).rejects.toThrow(/^(?!.*0123).*must have 16 characters or more/);
    await expect(open(join(folder, "none"))).rejects.toThrow(/cannot read the secret .*none/);
    vi.stubEnv("CODECELL_CLUSTER_SECRET", "short");
    await expect(open()).rejects.toThrow(/The secret of CODECELL_CLUSTER_SECRET must have 16/);
    expect(await open(secret)).toBeDefined();
    vi.stubEnv("CODECELL_CLUSTER_SECRET", "");
    expect(await open()).toBeDefined();
    vi.unstubAllEnvs();
  });

  test.each<[string, Partial<ServeOptions>]>([
    ["http://127.0.0.1:7", {}],
    ["http://10.0.0.7:7", { listen: { host: "10.0.0.7", port: 0 } }],
    ["http://[fd00::1]:7", { listen: { host: "fd00::1", port: 0 } }],
    [`http://${hostname()}:7`, { listen: { host: "0.0.0.0", port: 7 } }],
    [`https://${hostname()}:7`, { listen: { host: "::", port: 7 }, tlsCert: "c" }],
    ["https://pod.cells:443", { advertise: "https://pod.cells:443" }],
  ])("tells the others that it is at %s (%#)", (address, given) => {
    expect(advertised({ ...options, ...given }, 7)).toBe(address);
  });
});
