import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli, Workspace } from "../support/cli.js";
import { fixtureServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const usage = {
  cpuMs: expect.any(Number),
  wallMs: expect.any(Number),
  toolWaitShare: expect.any(Number),
  heapBytes: expect.any(Number),
  heapPeakBytes: expect.any(Number),
  arrayBufferPeakBytes: expect.any(Number),
  toolCalls: expect.any(Number),
  outputBytes: expect.any(Number),
};

test("the document holds every cell with the output of all its yields, and nothing else is said", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const first = workspace.file("a.js", 'text("1"); yield_control(); await 0; text("2");');
  const second = workspace.file("b.js", "image((await tools.mcp__fixture__mixed({})).content[1]);");
  const out = join(workspace.path, "out");
  const result = await runCli(["run", first, second, "--json", "--config", config, "--out", out]);
  expect(result).toMatchObject({ code: 0, stderr: "" });
  const saved = join(out, "cell-2-image-1.png");
  expect(JSON.parse(result.stdout)).toEqual({
    status: "completed",
    exitCode: 0,
    cells: [
      {
        file: first,
        status: "completed",
        cellId: "1",
        output: [
          { type: "text", text: "1" },
          { type: "text", text: "2" },
        ],
        logs: [],
        warnings: [],
        usage,
        endedAt: expect.any(Number),
        calls: [],
      },
      {
        file: second,
        status: "completed",
        cellId: "2",
        output: [
          {
            type: "image",
            imageUrl: expect.stringMatching(/^data:image\/png;base64,/),
            detail: "high",
          },
        ],
        logs: [],
        warnings: [],
        usage: { ...usage, toolCalls: 1 },
        endedAt: expect.any(Number),
        calls: [
          {
            callId: "2-1",
            tool: "mcp__fixture__mixed",
            inputBytes: 2,
            status: "fulfilled",
            durationMs: expect.any(Number),
            resultBytes: expect.any(Number),
          },
        ],
        saved: [saved],
      },
    ],
  });
  expect(readFileSync(saved).subarray(1, 4).toString()).toBe("PNG");
});

test("a failed cell is in the document with its error and its position", async () => {
  const result = await runCli(["run", "-", "--json"], {
    input: 'text("a");\nthrow new Error("no");',
  });
  expect(result.code).toBe(1);
  expect(JSON.parse(result.stdout)).toMatchObject({
    status: "failed",
    exitCode: 1,
    cells: [
      {
        file: "<stdin>",
        status: "failed",
        output: [{ type: "text", text: "a" }],
        error: {
          code: "ERR_CELL_SCRIPT",
          name: "Error",
          message: "no",
          position: { line: 2, column: 7, sourceLine: 'throw new Error("no");' },
        },
      },
    ],
  });
});

test("why no cell ran is in the document too", async () => {
  const config = workspace.config({ broken: fixtureServer("exit") });
  const failed = await runCli(["run", "-", "--json", "--config", config], { input: "text(1)" });
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.stdout)).toEqual({
    status: "failed",
    exitCode: 1,
    cells: [],
    error: {
      code: "ERR_MCP_SERVER",
      message: expect.stringContaining('MCP server "broken" did not start'),
    },
  });
  const misused = await runCli(["run", "no-such.js", "--json"]);
  expect(misused.code).toBe(2);
  expect(JSON.parse(misused.stdout)).toMatchObject({ error: { code: "ERR_USAGE" }, exitCode: 2 });
});
