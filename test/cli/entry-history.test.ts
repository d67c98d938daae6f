import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EntryHistory, historyFile } from "../../src/cli/repl/entry-history.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-history-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function newFile(text?: string): string {
  files += 1;
  const file = join(folder, `${files}`, "history");
  if (text !== undefined) {
    mkdirSync(dirname(file));
    writeFileSync(file, text);
  }
  return file;
}

const lines = (entries: readonly string[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");

describe("the history of entries", () => {
  test("has the newest first, each once, and the next run has them too", () => {
    const file = newFile();
    const history = new EntryHistory(file);
    expect(history.entries).toEqual([]);
    for (const entry of ["a", "b\nof two lines", "a", "a", "c"]) history.add(entry);
    expect(history.entries).toEqual(["c", "a", "b\nof two lines"]);
    // What was just added is not written again.
    expect(readFileSync(file, "utf8")).toBe(lines(["a", "b\nof two lines", "a", "c"]));
    expect(new EntryHistory(file).entries).toEqual(history.entries);
  });

  test("is for its owner alone", () => {
    const file = newFile();
    new EntryHistory(file).add("a");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  });

  test("leaves out lines that are no entries", () => {
    const file = newFile(`"a"\n{\n5\n\n"b"\nnull\n`);
    expect(new EntryHistory(file).entries).toEqual(["b", "a"]);
  });

  test("is without a file where there is none to be, and where it cannot be read or written", () => {
    const none = new EntryHistory(undefined);
    none.add("a");
    none.close();
    expect(none.entries).toEqual(["a"]);
    const inFile = new EntryHistory(join(newFile(""), "history"));
    inFile.add("a");
    inFile.close();
    expect(inFile.entries).toEqual(["a"]);
  });

  test("of more than a thousand entries is shortened at the end to the newest of them, each once", () => {
    const old = Array.from({ length: 1000 }, (_, index) => `${index}`);
    const file = newFile(lines(old));
    const kept = new EntryHistory(file);
    kept.close();
    expect(readFileSync(file, "utf8")).toBe(lines(old));
    kept.add("new");
    kept.add("999");
    expect(kept.entries).toHaveLength(1000);
    expect(kept.entries.slice(0, 3)).toEqual(["999", "new", "998"]);
    chmodSync(file, 0o644);
    kept.close();
    expect(readFileSync(file, "utf8")).toBe(lines([...old.slice(1, 999), "new", "999"]));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual(["history"]);
  });

  test("is where the environment says, nowhere where it says nothing, or with the user's state", () => {
    expect(historyFile({ CODECELL_REPL_HISTORY: "/h" })).toBe("/h");
    expect(historyFile({ CODECELL_REPL_HISTORY: "" })).toBeUndefined();
    expect(historyFile({ XDG_STATE_HOME: "/state" })).toMatch(/^\/state\/.*repl-history$/);
    expect(existsSync("/h")).toBe(false);
  });
});
