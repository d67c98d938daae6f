import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { recordedCases, referenceRecord } from "../conformance/recorded-case.js";
import { FramedClient } from "../support/framed-client.js";
import { root } from "../support/mcp.js";
import { runWireCase } from "./wire-case.js";
import { wireDifferences } from "./wire-differences.js";

// One process for all: a case that ended it, or another's session, would fail those after it.
const host = spawn(
  process.execPath,
  [
    join(root, "dist/cli/main.js"),
    "host",
    ...["--deadlock", "wait", "--no-web-globals", "--limit", "heapBytes=268435456"],
  ],
  { stdio: ["pipe", "pipe", "inherit"] },
);
const client = new FramedClient({ input: host.stdin, output: host.stdout });
client.greet();
afterAll(() => client.end());

const named = recordedCases.map((recorded) => [recorded.name, recorded] as const);
const netMs = 60_000;

describe("over the wire, as the reference", () => {
  const same = named.filter(([name]) => !wireDifferences.has(name));

  test.each(same)("%s", { timeout: netMs }, async (_name, recorded) => {
    const { cancelled: _, ...reference } = referenceRecord(recorded);
    expect(await runWireCase(client, recorded)).toEqual(reference);
  });
});

describe("over the wire, deliberately otherwise", () => {
  const different = named.flatMap(([name, recorded]) => {
    const difference = wireDifferences.get(name);
    return difference === undefined ? [] : [[name, difference.reason, recorded] as const];
  });

  test.each(different)("%s: %s", { timeout: netMs }, async (name, _reason, recorded) => {
    const { cancelled: _, ...reference } = referenceRecord(recorded);
    expect(await runWireCase(client, recorded)).toEqual(
      wireDifferences.get(name)?.expected(reference),
    );
  });
});
