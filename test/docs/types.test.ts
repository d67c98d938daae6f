import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { declareTool } from "../../src/index.js";
import { root } from "../support/mcp.js";
import { compileTexts } from "../support/tsc.js";

const page = readFileSync(join(root, "docs/types.md"), "utf8");
const blocks = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, text]) => text ?? "");
const [program = "", declarations = "", cell = "", mcpTypes = ""] = blocks;

test("the program of docs/types.md prints what the page says", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { cwd: root },
  );
  expect(stdout.trimEnd()).toBe(declarations.trimEnd());
});

test("its cell passes the compiler, and one that calls the tools in another way does not", async () => {
  const wrong = cell.replace('name: "b"', "name: 1");
  expect(wrong).not.toBe(cell);
  expect(await compileTexts([declarations + cell])).toEqual([]);
  expect(await compileTexts([declarations + wrong])).toEqual([
    expect.stringContaining("Type 'number' is not assignable to type 'string'."),
  ]);
});

test("its types of MCP tools are the declared ones", () => {
  const text = declareTool({ name: "a", resultType: "mcp", execute: () => null });
  for (const line of mcpTypes.trimEnd().split("\n")) expect(text).toContain(`${line}\n`);
});
