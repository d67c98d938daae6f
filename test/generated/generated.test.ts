import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { endWithTest } from "../support/children.js";
import { root } from "../support/mcp.js";

/** Runs `test/generated/run.mjs` for some seconds, always on the same programs. */
async function runGenerated(mode: string): Promise<{ code: number | null; output: string }> {
  const args = ["--mode", mode, "--seed", "1", "--count", "300", "--seconds", "5"];
  const child = endWithTest(
    spawn(process.execPath, [join(root, "test/generated/run.mjs"), ...args, "--no-shrink"], {
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  return { code: child.exitCode, output };
}

describe("whatever programs a grammar makes up,", () => {
  test.each([
    ["each ends in a known way and leaves its process and its neighbours alone", "hostile"],
    ["each can be stopped at any moment, in every way", "stop"],
  ])("%s", { timeout: 120_000 }, async (_what, mode) => {
    const { code, output } = await runGenerated(mode);
    expect(code, output).toBe(0);
    expect(output).toContain("Everything held.");
  });
});
