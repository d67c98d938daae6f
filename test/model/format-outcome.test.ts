import { describe, expect, test } from "vitest";
import { formatOutcome, truncateOutput } from "../../src/model/format-outcome.js";
import type { CellOutcome, OutputItem } from "../../src/protocol/outcome.js";

const text = (value: string): OutputItem => ({ type: "text", text: value });
const image: OutputItem = { type: "image", imageUrl: "data:image/png;base64,AA==", detail: "high" };

const ended = {
  endedAt: 0,
  cellId: "7",
  output: [text("hello")],
  logs: [],
  warnings: [],
  usage: {
    cpuMs: 1,
    wallMs: 314,
    toolWaitShare: 0,
    heapBytes: 1,
    heapPeakBytes: 1,
    arrayBufferPeakBytes: 0,
    toolCalls: 0,
    outputBytes: 5,
  },
};

const headerOf = (outcome: CellOutcome): OutputItem | undefined => formatOutcome(outcome)[0];

describe("the header", () => {
  const wall = "Wall time 0.3 seconds\nOutput:\n";

  test.each<readonly [CellOutcome, string]>([
    [{ ...ended, status: "completed" }, `Script completed\n${wall}`],
    [{ ...ended, status: "terminated", reason: "requested" }, `Script terminated\n${wall}`],
    [{ ...ended, status: "yielded", reason: "time" }, `Script running with cell ID 7\n${wall}`],
  ])("says how the cell is: %#", (outcome, header) => {
    expect(headerOf(outcome)).toEqual(text(header));
  });

  test("comes before the output, and an error after it", () => {
    const error = {
      code: "ERR_CELL_SCRIPT",
      name: "Error",
      message: "no",
      text: "Error: no\n    at exec_main.mjs:1:7",
    } as const;
    expect(formatOutcome({ ...ended, status: "failed", error })).toEqual([
      text(`Script failed\n${wall}`),
      text("hello"),
      text("Script error:\nError: no\n    at exec_main.mjs:1:7"),
    ]);
  });

  test("a missing cell is told as an error", () => {
    expect(formatOutcome({ status: "missing", cellId: "7" })).toEqual([
      text("Script failed\nWall time 0.0 seconds\nOutput:\n"),
      text("Script error:\nexec cell 7 not found"),
    ]);
  });
});

describe("the token budget", () => {
  test("cuts the middle of texts as one text", () => {
    const words = "one two three four five six seven eight nine ten ".repeat(20);
    expect(truncateOutput([text(words), text("second")], { maxOutputTokens: 10 })).toEqual([
      text(
        "Warning: truncated output (original token count: 247)\nTotal output lines: 2\n\none two three four f…237 tokens truncated…ght nine ten \nsecond",
      ),
    ]);
  });

  test("counts an error as part of the output", () => {
    const errorText = `Error: ${"e".repeat(200)}\n    at exec_main.mjs:1:30`;
    const options = { maxOutputTokens: 20, errorText };
    expect(truncateOutput([text("a".repeat(200))], options)).toEqual([
      text(
        `Warning: truncated output (original token count: 112)\nTotal output lines: 4\n\n${"a".repeat(40)}…92 tokens truncated…${"e".repeat(14)}\n    at exec_main.mjs:1:30`,
      ),
    ]);
  });

  test("cuts texts one by one where there are images, and never the images", () => {
    const items = [text("a".repeat(400)), image, text("b".repeat(400))];
    expect(truncateOutput(items, { maxOutputTokens: 20 })).toEqual([
      text(`${"a".repeat(40)}…80 tokens truncated…${"a".repeat(40)}`),
      image,
      text("[omitted 1 text items ...]"),
    ]);
  });

  test("leaves alone what fits", () => {
    const items = [text("a".repeat(40)), text("")];
    expect(truncateOutput(items, { maxOutputTokens: 11 })).toEqual(items);
    expect(truncateOutput([text("a"), image], { maxOutputTokens: 1 })).toEqual([text("a"), image]);
  });

  test("never cuts inside a character", () => {
    const [item] = truncateOutput([text("é".repeat(9).padStart(19, "a"))], { maxOutputTokens: 3 });
    expect(item).toMatchObject({ text: expect.not.stringContaining("\ufffd") });
    const [emoji] = truncateOutput([text("😀".repeat(20))], { maxOutputTokens: 3 });
    expect(emoji).toMatchObject({ text: expect.stringMatching(/\n\n😀…17 tokens truncated…😀$/u) });
  });

  test("of nothing keeps nothing", () => {
    expect(truncateOutput([text("abcde")], { maxOutputTokens: 0 })).toEqual([
      text(
        "Warning: truncated output (original token count: 2)\nTotal output lines: 1\n\n…2 tokens truncated…",
      ),
    ]);
  });

  test("takes another way of counting", () => {
    const countTokens = (value: string): number => value.length;
    expect(truncateOutput([text("abcdefghij")], { maxOutputTokens: 4, countTokens })).toEqual([
      text(
        "Warning: truncated output (original token count: 10)\nTotal output lines: 1\n\nab…6 tokens truncated…ij",
      ),
    ]);
  });
});
