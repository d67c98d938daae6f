import { expect, test } from "vitest";
import { approveCommand, resumeCommand } from "../../src/cli/next-commands.js";

test.each([
  [{ store: "cells.db" }, "--store cells.db"],
  [{ store: "my cells.db" }, "--store 'my cells.db'"],
  [{ store: "cells.db", sealKeys: "my keys" }, "--store cells.db --seal-keys 'my keys'"],
  [{ store: "postgres://ann:secret@host/db" }, "--store 'postgres://ann@host/db'"],
  [{ store: "a\u001b[2J.db" }, "--store 'a\\x1b[2J.db'"],
])("what is to be typed next for the store %j has its keys, and no password", (options, words) => {
  expect(approveCommand("01234567-q", options)).toBe(
    `codecell approvals approve 01234567 ${words}`,
  );
  expect(resumeCommand("1-c", options)).toBe(`codecell cells resume 1-c ${words}`);
  const config = "a b.json";
  expect(resumeCommand("1-c", { ...options, config })).toBe(
    `codecell cells resume 1-c ${words} --config 'a b.json'`,
  );
});
