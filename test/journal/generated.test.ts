import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { endWithTest } from "../support/children.js";
import { root } from "../support/mcp.js";

test("programs that a grammar makes up do in a replay what they did", {
  timeout: 120_000,
}, async () => {
  const args = ["--seed", "1", "--count", "60", "--seconds", "10"];
  const child = endWithTest(
    spawn(process.execPath, [join(root, "test/generated/replay.mjs"), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  expect(child.exitCode, output).toBe(0);
  expect(output).toMatch(/^[1-9]\d* programs: /m);
});
