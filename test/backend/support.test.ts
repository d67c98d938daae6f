import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { support } from "../../src/index.js";
import { root } from "../support/mcp.js";

const scratch = mkdtempSync(join(tmpdir(), "codecell-support-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const program = `
  import { readFileSync } from "node:fs";
  import { createCodeMode, support } from ${JSON.stringify(join(root, "dist", "index.js"))};
  const told = support();
  const isLoaded = readFileSync("/proc/self/maps", "utf8").includes("codecell.node");
  let thrown;
  try { await createCodeMode().close(); } catch (error) { thrown = error; }
  console.log(JSON.stringify({
    supported: told.supported,
    isLoaded,
    told: told.error?.message,
    thrown: thrown?.message,
    codes: [told.error?.code, thrown?.code],
  }));`;

/** What `support()` tells in a process of its own, and what `createCodeMode` does there. */
async function tryBoth(env: Readonly<Record<string, string>>, flags: readonly string[] = []) {
  const args = [...flags, "--input-type=module", "-e", program];
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  return JSON.parse(stdout);
}

test("support() names the addon that would be loaded, and does not load it", async () => {
  expect(support()).toMatchObject({ supported: true, addon: expect.stringMatching(/\.node$/) });
  expect(await tryBoth({})).toMatchObject({ supported: true, isLoaded: false });
});

test.each([
  ["there is no addon", { CODECELL_ADDON: "/nowhere/codecell.node" }, [], "ERR_ADDON_MISSING"],
  ["flags forbid addons", {}, ["--no-addons"], "ERR_ADDON_MISMATCH"],
])("if %s, support() has the error that createCodeMode throws", async (_what, env, flags, code) => {
  const { supported, told, thrown, codes } = await tryBoth(env, flags);
  expect({ supported, codes }).toEqual({ supported: false, codes: [code, code] });
  expect(told).toBe(thrown);
});

test("an addon for a newer glibc is known from the note beside it, before it is loaded", async () => {
  const addon = addonWith("noted", (bytes) => bytes);
  writeFileSync(join(addon, "..", "needs.json"), '{ "glibc": "99.1" }');
  const { supported, told, codes } = await tryBoth({ CODECELL_ADDON: addon });
  expect({ supported, code: codes[0] }).toEqual({ supported: false, code: "ERR_ADDON_MISMATCH" });
  expect(told).toMatch(/ on linux-\w+ with glibc [\d.]+: it needs glibc 99\.1 or later\. Unset /);
});

test.each([
  [
    "was cut short",
    (bytes: string) => bytes.slice(0, 100_000),
    /: it is damaged: it has 100000 bytes of \d+\. Unset /,
  ],
  [
    "lacks its last byte",
    (bytes: string) => bytes.slice(0, -1),
    /: it is damaged: it has \d+ bytes of \d+\. Unset /,
  ],
  ["is empty", () => "", /: it is damaged: its 0 bytes are no shared library\. Unset /],
  [
    "is full of zeros",
    () => "\0".repeat(5000),
    /: it is damaged: its 5000 bytes are no shared library\. Unset /,
  ],
  [
    "is for another processor",
    (bytes: string) => `${bytes.slice(0, 18)}\xf3\0${bytes.slice(20)}`,
    /: it was built for another processor\. Unset /,
  ],
])("an addon that %s is an error, and not the end of the process", async (what, change, words) => {
  const addon = addonWith(what.replaceAll(" ", "-"), change);
  const { supported, told, thrown, codes } = await tryBoth({ CODECELL_ADDON: addon });
  expect({ supported, codes }).toEqual({
    supported: false,
    codes: ["ERR_ADDON_MISMATCH", "ERR_ADDON_MISMATCH"],
  });
  expect(told).toMatch(words);
  expect(thrown).toBe(told);
});

test("an addon that the system's loader refuses says which glibc it needs", async () => {
  const addon = addonWith("refused", (bytes) => bytes.replaceAll("\0GLIBC_2.", "\0GLIBC_9."));
  const { thrown, codes } = await tryBoth({ CODECELL_ADDON: addon });
  expect(codes[1]).toBe("ERR_ADDON_MISMATCH");
  expect(thrown).toMatch(/with glibc [\d.]+: it needs glibc (9\.[\d.]+) or later\. .*GLIBC_\1/);
});

test("a Node for musl that is given an addon for glibc says so", async () => {
  // It is known by the loader of its libraries, which its first bytes name.
  const musl = join(scratch, "node-for-musl");
  writeFileSync(musl, "\x7fELF\0/lib/ld-musl-x86_64.so.1\0");
  const preload = join(scratch, "preload.cjs");
  writeFileSync(preload, `process.execPath = ${JSON.stringify(musl)};`);
  const addon = addonWith("for-glibc", (bytes) => bytes);
  writeFileSync(join(addon, "..", "needs.json"), '{ "glibc": "2.25" }');
  const { told, codes } = await tryBoth({ CODECELL_ADDON: addon }, ["--require", preload]);
  expect(codes[0]).toBe("ERR_ADDON_MISMATCH");
  expect(told).toMatch(
    / on linux-\w+ with musl: it was built for glibc, and this Node uses musl\. Unset /,
  );
});

/** A copy of the addon in a folder of its own. */
function addonWith(name: string, change: (bytes: string) => string): string {
  const told = support();
  if (!told.supported) throw told.error;
  const folder = join(scratch, name);
  mkdirSync(folder);
  const file = join(folder, "codecell.node");
  writeFileSync(file, change(readFileSync(told.addon, "latin1")), "latin1");
  return file;
}
