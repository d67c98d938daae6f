import { expect, test } from "vitest";
import { runToTexts } from "../support/cells.js";
import { runProgram } from "../support/child.js";

const source = `
  let depth = 0;
  function recurse() { depth += 1; return recurse() + 1; }
  try { recurse(); } catch (error) { text(String(error)); text(depth); }`;

test("a recursion without end is a RangeError, which the cell may catch, as soon as in Node", async () => {
  const [error, depth] = await runToTexts(source);
  expect(error).toBe("RangeError: Maximum call stack size exceeded");
  expect(Number(depth)).toBeGreaterThan(1_000);
  expect(Number(depth)).toBeLessThan(100_000);
});

test.each(["thread", "process"])(
  "so it is in a %s, whatever --stack-size the host has",
  async (isolation) => {
    const options = JSON.stringify({ isolation });
    const flags = ["--stack-size=200000"];
    const { stdout } = await runProgram("cell", [source, options], { flags });
    const { status, texts } = JSON.parse(stdout);
    expect({ status, error: texts[0] }).toEqual({
      status: "completed",
      error: "RangeError: Maximum call stack size exceeded",
    });
    expect(Number(texts[1])).toBeLessThan(100_000);
  },
);
