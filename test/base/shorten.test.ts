import { expect, test } from "vitest";
import { beginningOf, shorten } from "../../src/base/shorten.js";
import { openSession } from "../support/cells.js";

test.each([
  ["abc", 3, "abc"],
  ["abc", 2, "ab…"],
  ["a😀b", 4, "a😀b"],
  ["a😀b", 3, "a😀…"],
  ["a😀b", 2, "a…"],
  ["\ud83d\ud83d", 1, "\ud83d…"],
  ["a\ude00b", 2, "a\ude00…"],
  ["a\ude00b", 1, "a…"],
  ["😀", 0, "…"],
])("%j with at most %d units is %j", (text, maxLength, short) => {
  expect(shorten(text, maxLength)).toBe(short);
  expect(beginningOf(text, maxLength)).toBe(short.replace(/…$/, ""));
});

test("a tool's long error is not cut within a character", async () => {
  const reject = { execute: () => Promise.reject(new Error(`x${"😀".repeat(200_000)}`)) };
  await using session = openSession({ tools: { reject } });
  const { output } = await session.exec(
    "const { message } = await tools.reject({}).catch((error) => error);\n" +
      "text([message.endsWith('😀…'), message.length < 400_000]);",
  );
  expect(output).toEqual([{ type: "text", text: "[true,true]" }]);
});
