import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { cacheFolder } from "../../src/base/cache-folder.js";

afterEach(() => vi.unstubAllEnvs());

test("caches are where XDG_CACHE_HOME says, and in ~/.cache where it is no absolute path", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/caches" })).toBe("/caches/codecell");
  for (const environment of [{}, { XDG_CACHE_HOME: "" }, { XDG_CACHE_HOME: "caches" }]) {
    expect(cacheFolder(environment)).toBe(join(homedir(), ".cache", "codecell"));
  }
});

test("a person without a home has no caches, and none in the folder in which a program is started", () => {
  vi.stubEnv("HOME", "");
  expect(cacheFolder({})).toBeUndefined();
});
