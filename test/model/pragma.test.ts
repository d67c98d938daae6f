import { describe, expect, test } from "vitest";
import { parseExecInput } from "../../src/model/pragma.js";

describe("a pragma", () => {
  test("gives both numbers and stays in the source", () => {
    const input = '// @exec: {"yield_time_ms": 5, "max_output_tokens": 1000}\ntext("a");';
    expect(parseExecInput(input)).toEqual({
      source: input,
      yieldAfterMs: 5,
      maxOutputTokens: 1000,
    });
  });

  test("may be indented, and its fields are optional", () => {
    expect(parseExecInput('  // @exec: {"max_output_tokens": 0}\r\n1')).toMatchObject({
      yieldAfterMs: undefined,
      maxOutputTokens: 0,
    });
  });

  test("is only one on the first line", () => {
    const input = 'text(1);\n// @exec: {"nonsense"';
    expect(parseExecInput(input)).toEqual({
      source: input,
      yieldAfterMs: undefined,
      maxOutputTokens: undefined,
    });
  });

  test.each([
    ["", "exec expects raw JavaScript source text (non-empty)"],
    [" \n ", "exec expects raw JavaScript source text (non-empty)"],
    ['// @exec: {"yield_time_ms": 5}', "must be followed by JavaScript source"],
    ['// @exec: {"yield_time_ms": 5}\n \n', "must be followed by JavaScript source"],
    ["// @exec:\n1", "must be a JSON object"],
    ["// @exec: [1]\n1", "must be a JSON object"],
    ["// @exec: {yield_time_ms: 5}\n1", "must be valid JSON"],
    [
      '// @exec: {"timeout": 5}\n1',
      "only supports `yield_time_ms` and `max_output_tokens`; got `timeout`",
    ],
    [
      '// @exec: {"yield_time_ms": -1}\n1',
      "field `yield_time_ms` must be a non-negative safe integer",
    ],
    ['// @exec: {"yield_time_ms": 1.5}\n1', "field `yield_time_ms` must be"],
    ['// @exec: {"max_output_tokens": 1e300}\n1', "field `max_output_tokens` must be"],
    ['// @exec: {"max_output_tokens": null}\n1', "field `max_output_tokens` must be"],
  ])("%j is refused, and the right form is quoted", (input, message) => {
    expect(() => parseExecInput(input)).toThrow(
      expect.objectContaining({ code: "ERR_PRAGMA", message: expect.stringContaining(message) }),
    );
    expect(() => parseExecInput(input)).toThrow(
      '// @exec: {"yield_time_ms": 10000, "max_output_tokens": 1000}',
    );
  });
});
