import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cacheFolder, configFolder, stateFolder } from "../../src/base/user-folders.js";

afterEach(() => vi.unstubAllEnvs());

describe.each([
  ["caches", cacheFolder, "XDG_CACHE_HOME", ".cache"],
  ["configuration", configFolder, "XDG_CONFIG_HOME", ".config"],
  ["state", stateFolder, "XDG_STATE_HOME", ".local/state"],
] as const)("the folder of %s", (_, folderOf, variable, below) => {
  test("is where its variable says, and below the home folder where that is no absolute path", () => {
    expect(folderOf({ [variable]: "/chosen" })).toBe("/chosen/codecell");
    for (const environment of [{}, { [variable]: "" }, { [variable]: "chosen" }]) {
      expect(folderOf(environment)).toBe(join(homedir(), below, "codecell"));
    }
  });

  test("is none for a person without a home, and never in the folder in which a program is started", () => {
    vi.stubEnv("HOME", "");
    expect(folderOf({})).toBeUndefined();
  });
});
