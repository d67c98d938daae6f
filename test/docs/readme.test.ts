import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { expect, test } from "vitest";
import { root } from "../support/mcp.js";

const readme = readFileSync(join(root, "README.md"), "utf8");

/** The first block of a language, "" for none. */
function firstBlock(language: string): string {
  // One after the other: the end of a block looks like the beginning of one without a language.
  const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  return blocks.find(([, its]) => its === language)?.[2] ?? "";
}

/** What a program prints that is an ES module of a package with codecell. */
async function print(program: string): Promise<string> {
  const args = ["--input-type=module", "-e", program];
  return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;
}

test("the README begins with the command that installs it", () => {
  expect(firstBlock("sh")).toBe("npm install codecell\n");
});

test("the first program of the README prints what the README says, in JavaScript and in TypeScript", async () => {
  const expected = firstBlock("");
  const { code } = await transform(firstBlock("ts"), { loader: "ts" });
  expect(await Promise.all([firstBlock("js"), code].map(print))).toEqual([expected, expected]);
});
