import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PrivateFiles } from "../../src/base/private-files.js";

let folder: string;
let files: PrivateFiles;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "codecell-private-")), "cache", "files");
  files = new PrivateFiles(folder);
});
afterEach(() => rmSync(join(folder, "../.."), { recursive: true }));

const hasModes = process.platform !== "win32";
const mebibyte = 1024 * 1024;

test("what was written is read, and may be written again", async () => {
  expect(files.read("a")).toBeUndefined();
  await files.write("a", "héllo");
  expect(files.read("a")).toBe("héllo");
  await files.write("a", "again");
  expect(files.read("a")).toBe("again");
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("a text of more than a mebibyte is not kept, and a longer file not read", async () => {
  await files.write("a", "é".repeat(mebibyte / 2));
  expect(files.read("a")).toHaveLength(mebibyte / 2);
  await files.write("b", `${"é".repeat(mebibyte / 2)}x`);
  expect(readdirSync(folder)).toEqual(["a"]);
  writeFileSync(join(folder, "c"), "x".repeat(mebibyte + 1), { mode: 0o600 });
  expect(files.read("c")).toBeUndefined();
});

test("of more than 128 files the oldest is removed", async () => {
  mkdirSync(folder, { recursive: true });
  for (let at = 0; at < 128; at += 1) {
    const file = join(folder, `f${at}`);
    writeFileSync(file, "x");
    // The first one is not the oldest.
    utimesSync(file, 1_000, at === 0 ? 5_000 : 1_000 + at);
  }
  await files.write("f0", "x");
  expect(readdirSync(folder)).toHaveLength(128);
  await files.write("new", "x");
  const names = readdirSync(folder);
  expect(names).toHaveLength(128);
  expect(names).not.toContain("f1");
  expect(names).toContain("new");
});

test("a folder that cannot be made is no fault", async () => {
  writeFileSync(join(folder, "../../cache"), "no folder");
  await files.write("a", "x");
  expect(files.read("a")).toBeUndefined();
});

test.runIf(hasModes)("only the user can read what is kept", async () => {
  await files.write("a", "x");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o600);
});

test.runIf(hasModes)("what others can have written is not read, nor what is no file", async () => {
  await files.write("a", "x");
  symlinkSync(join(folder, "a"), join(folder, "link"));
  mkdirSync(join(folder, "inner"));
  expect([files.read("link"), files.read("inner")]).toEqual([undefined, undefined]);
  for (const mode of [0o620, 0o602]) {
    chmodSync(join(folder, "a"), mode);
    expect(files.read("a")).toBeUndefined();
  }
  chmodSync(join(folder, "a"), 0o644);
  expect(files.read("a")).toBe("x");
});
