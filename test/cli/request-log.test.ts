import { expect, test } from "vitest";
import { RequestLog } from "../../src/cli/serve/request-log.js";
import { createCodeMode } from "../../src/index.js";

const request = {
  requestId: "r-1",
  method: "POST",
  route: "/v1/sessions/{session}/cells",
  status: 200,
  durationMs: 12.4,
  tenant: "acme",
};

/** The lines that a cell and its request leave, each without its time. */
async function linesOf(format: "json" | "text" | undefined): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = new RequestLog((line) => void lines.push(line), format);
  await using codeMode = createCodeMode({ onEvent: log.cellEvent });
  await codeMode.openSession({ id: "acme/talk" }).exec("throw new Error('the secret')");
  log.answered(request);
  log.problem("it broke\nhere", "r-1");
  return lines;
}

test("JSON: a line for each request, cell and problem, with ids and without what a program says", async () => {
  const [cell, answered, problem] = (await linesOf("json")).map((line) => JSON.parse(line));
  expect(cell).toMatchObject({
    type: "cell",
    tenant: "acme",
    session: "talk",
    cellId: "1",
    status: "failed",
    code: "ERR_CELL_SCRIPT",
    toolCalls: 0,
  });
  expect(JSON.stringify(cell)).not.toContain("secret");
  expect(answered).toMatchObject({ type: "request", ...request, durationMs: 12 });
  expect(problem).toMatchObject({ type: "problem", requestId: "r-1", error: "it broke\nhere" });
  expect(new Date(cell.time).getTime()).toBeGreaterThan(0);
});

test("text: the same for people, each in one line", async () => {
  const lines = await linesOf("text");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^\S+Z cell tenant=acme session=talk cellId=1 status=failed code=ERR_CELL_SCRIPT /,
  );
  expect(lines[1]).toMatch(
    /^\S+Z request requestId=r-1 method=POST route=\/v1\/sessions\/\{session\}\/cells status=200 tenant=acme durationMs=12$/,
  );
  expect(lines.join("")).not.toMatch(/secret|\n/);
});

test("where nobody has asked for a log, only problems are told", async () => {
  const lines = await linesOf(undefined);
  expect(lines.map((line) => JSON.parse(line).type)).toEqual(["problem"]);
});
