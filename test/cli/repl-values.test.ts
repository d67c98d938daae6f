import { expect, test } from "vitest";
import { showValue } from "../../src/cli/repl/shown-value.js";
import { keys, startAtTerminal } from "../support/pseudo-terminal.js";

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("values stand on as many lines as they need, in words of JavaScript", async () => {
  const { type, seen } = startAtTerminal(["repl"]);
  await seen("> ");
  const entries: readonly (readonly [string, string])[] = [
    ["({ a: 1, b: 'c' })", "{ a: 1, b: 'c' }"],
    ["[undefined, NaN, 1n, -0, null]", "[ undefined, NaN, 1n, -0, null ]"],
    ["new Map([['a', new Set([1])]])", "Map(1) { 'a' => Set(1) { 1 } }"],
    [
      "({ f() {}, g: class A {}, h: Symbol('s') })",
      "{ f: [Function f], g: [class A], h: Symbol(s) }",
    ],
    ["class P { x = 1 }; new P()", "P { x: 1 }"],
    ["const c = { a: 1 }; c.c = c; c", "<ref *1> { a: 1, c: [Circular *1] }"],
    ["({ get a() { return 1; }, b: Promise.resolve() })", "{ a: [Getter], b: [Promise] }"],
    ["new Uint8Array(3)", "Uint8Array(3) [ 0, 0, 0 ]"],
    ["Array.from({ length: 200 }, (_, i) => i)", "... 100 more items"],
    ["[[[[[[[1]]]]]]]", "[Array]"],
    ["/a\\/b/g", "/a\\/b/g"],
    ["'a string'", "a string"],
    [
      `({ type: 'image', data: '${pixel}', mimeType: 'image/png' })`,
      "data: <image/png, 1×1, 70 bytes>",
    ],
    [`'data:image/png;base64,${pixel}'`, "<image/png, 1×1, 70 bytes>\r\n"],
  ];
  for (const [entry, shown] of entries) {
    type(`${entry}${keys.enter}`);
    // First what was typed, then what it came to.
    await seen("\r\n");
    await seen(shown);
    await seen("> ");
  }
  type(
    `Array.from({ length: 3 }, (_, i) => ({ name: "a name of some length", number: i }))${keys.enter}`,
  );
  await seen(
    [
      "[",
      "  { name: 'a name of some length', number: 0 },",
      "  { name: 'a name of some length', number: 1 },",
      "  { name: 'a name of some length', number: 2 }",
      "]",
    ].join("\r\n"),
  );
});

test("an error is shown with the frames of what was typed", async () => {
  const { type, seen } = startAtTerminal(["repl"]);
  await seen("> ");
  type(`1; ({ e: new Error("x") })${keys.enter}`);
  await seen("e: Error: x\r\n");
  await seen("at exec_main.mjs:1:10");
});

test("colours are for terminals that have them, and control characters are shown", () => {
  const node = [
    "object",
    [
      ["a", 1],
      ["b", "\u001b[31m"],
    ],
  ] as const;
  expect(showValue(node, { colors: true, width: 80 })).toBe(
    "{ a: \u001b[33m1\u001b[39m, b: \u001b[32m'\\x1B[31m'\u001b[39m }",
  );
  expect(showValue(node, { colors: false, width: 80 })).toBe("{ a: 1, b: '\\x1B[31m' }");
  for (const kind of ["function", "error", "other", "cut"]) {
    expect(showValue([kind, "\u001b[2J"], { colors: false, width: 80 })).not.toContain("\u001b");
  }
  expect(showValue(["instance", "\u001b[2J", []], { colors: false, width: 80 })).not.toContain(
    "\u001b",
  );
  expect(showValue("\u001b[2J", { colors: false, width: 80 })).not.toContain("\u001b");
});
