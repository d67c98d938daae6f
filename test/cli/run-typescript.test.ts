import { afterAll, expect, test } from "vitest";
import { runCli, Workspace } from "../support/cli.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

test("TypeScript runs, from a file and from standard input", async () => {
  const source =
    "interface A { n: number }\nconst a: A = { n: 2 };\ntext(String(a.n satisfies number));\n";
  const file = workspace.file("a.ts", source);
  const result = await runCli(["run", file, "-"], { input: source });
  expect(result).toMatchObject({ code: 0, stdout: "2\n2\n" });
});

test("an error of TypeScript has the line and column that were written", async () => {
  const file = workspace.file("b.ts", "type A = string;\nconst a: A = (null as any).b;\n");
  const result = await runCli(["run", file]);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain(`${file}:2:28\n2 │ const a: A = (null as any).b;\n`);
});

test("what is more than a type is refused before a cell runs, and the document says so", async () => {
  const first = workspace.file("c.ts", "text(1);\nenum B { C }\n");
  const second = workspace.file("d.ts", "text(2);\n");
  const result = await runCli(["run", first, second, "--json"]);
  expect(result.code).toBe(1);
  const { status, cells } = JSON.parse(result.stdout);
  expect(status).toBe("failed");
  expect(cells).toMatchObject([
    {
      file: first,
      status: "failed",
      cellId: "",
      output: [],
      calls: [],
      error: { name: "SyntaxError", position: { line: 2, column: 1, sourceLine: "enum B { C }" } },
    },
  ]);
});

test("the document lists calls that were rejected or aborted", async () => {
  const config = workspace.config({
    fixture: {
      command: process.execPath,
      args: [new URL("../fixtures/mcp-server.mjs", import.meta.url).pathname],
    },
  });
  const file = workspace.file(
    "calls.js",
    "await tools.mcp__fixture__error({ a: 1 }).catch(() => {}); tools.mcp__fixture__hang({}); text(1);",
  );
  const { stdout } = await runCli(["run", file, "--json", "--config", config]);
  expect(JSON.parse(stdout).cells[0].calls).toMatchObject([
    { tool: "mcp__fixture__error", inputBytes: 7, status: "rejected", error: "it broke\nbadly" },
    { tool: "mcp__fixture__hang", inputBytes: 2, status: "aborted" },
  ]);
});
