import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runExample } from "../support/child.js";

test("examples/durable.mjs goes on after it was killed while it refunded", async () => {
  const folder = mkdtempSync(join(tmpdir(), "codecell-example-"));
  const environment = { STORE: join(folder, "cells.db") };
  const killed = await runExample("durable", environment, { signal: "SIGKILL" });
  expect(killed.signal).toBe("SIGKILL");
  const [refunding] = killed.stdout.split("\n");
  expect(refunding).toMatch(/^refunding A-1, .+\/2$/);
  const later = await runExample("durable", environment);
  expect(later).toMatchObject({ code: 0, stderr: "" });
  const lines = later.stdout.trim().split("\n");
  // Asked again, with the same key, if it was not on disk that it had ended.
  expect(
    lines.filter((line) => line.startsWith("refunding")).every((line) => line === refunding),
  ).toBe(true);
  expect(lines.slice(-2)).toEqual(["refunded A-1", "The customer was told."]);
  rmSync(folder, { recursive: true });
});
