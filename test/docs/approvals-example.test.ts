import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runExample } from "../support/child.js";

test("examples/approvals.mjs asks in one process, and refunds in the next, which approves", async () => {
  const folder = mkdtempSync(join(tmpdir(), "codecell-example-"));
  const environment = { STORE: join(folder, "cells.db") };
  expect(await runExample("approvals", environment)).toMatchObject({
    code: 0,
    stdout: 'May refund be called with {"id":"A-1"}?\n',
    stderr: "",
  });
  const later = await runExample("approvals", { ...environment, ANSWER: "approve" });
  expect(later).toMatchObject({ code: 0, stdout: "refunded A-1\n", stderr: "" });
  rmSync(folder, { recursive: true });
});
