import { describe, expect, test } from "vitest";
import { TokenBudget } from "../../src/model/token-budget.js";

/** What is left at both ends of a text that was cut. */
function endsOf(cut: string): readonly string[] {
  return cut.split(/…\d+ tokens truncated…/);
}

describe("a cut", () => {
  test.each([
    ["a letter and its combining marks", "e\u0301"],
    ["a family of joined emoji", "👩‍👩‍👧"],
    ["an emoji with a skin tone", "👍🏽"],
    ["a surrogate pair", "𝒳"],
    ["a syllable of Hangul letters", "\u1112\u1161\u11ab"],
    ["a Windows line end", "\r\n"],
  ])("leaves whole what is shown as one: %s", (_what, shown) => {
    const text = shown.repeat(200);
    for (let tokens = 1; tokens < 40; tokens += 1) {
      const ends = endsOf(new TokenBudget(tokens).cutMiddle(text));
      expect(ends).toHaveLength(2);
      for (const end of ends) expect(end).toBe(shown.repeat(end.length / shown.length));
    }
  });

  test("finds the ends of a flag among a few, not in an endless row of them", () => {
    const [head, tail] = endsOf(new TokenBudget(5).cutMiddle("abc 🇩🇪🇫🇷🇪🇸🇮🇹 def"));
    expect([head, tail]).toEqual(["abc ", " def"]);
  });

  test("goes through a cluster of a thousand marks, between two of them", () => {
    const text = `a${"\u0301".repeat(1000)}b`;
    const [head, tail] = endsOf(new TokenBudget(50).cutMiddle(text));
    expect(head).toBe(`a${"\u0301".repeat(49)}`);
    expect(tail).toBe(`${"\u0301".repeat(49)}b`);
  });

  test("with a counter of one's own stays within the budget", () => {
    const countDigits = (text: string): number => text.replace(/\D/g, "").length;
    const text = `${"1".repeat(100)}${"a".repeat(900)}`;
    const [head = "", tail = ""] = endsOf(new TokenBudget(20, countDigits).cutMiddle(text));
    expect(countDigits(head) + countDigits(tail)).toBeLessThanOrEqual(20);
    expect(head.length).toBeGreaterThan(0);
  });

  test("says how many of the counter's tokens are gone", () => {
    const countDigits = (text: string): number => text.replace(/\D/g, "").length;
    const text = "1".repeat(100);
    expect(new TokenBudget(10, countDigits).cutMiddle(text)).toBe(
      "11111…90 tokens truncated…11111",
    );
  });

  test("with a counter that finds tokens in nothing keeps nothing", () => {
    const budget = new TokenBudget(1, (text) => text.length + 2);
    expect(budget.cutMiddle("abc")).toBe("…5 tokens truncated…");
  });
});
