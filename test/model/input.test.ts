import { describe, expect, test } from "vitest";
import { answeredTexts, modelTools, refusalOf } from "../support/model.js";

describe("code fences", () => {
  test.each([
    ["with a language", "```js\ntext(1);\n```"],
    ["with none", "```\ntext(1);\n```\n"],
    ["of tildes, with Windows line ends", "~~~ts\r\ntext(1);\r\n~~~\r\n"],
    ["after blank lines", "\n\n```javascript\ntext(1);\n```"],
    ["that are never closed", "```js\ntext(1);"],
    ["with spaces before them", "  ```js\n  text(1);\n  ```"],
  ])("%s are removed", async (_what, source) => {
    expect(answeredTexts(await modelTools().freeformExec.execute(source))).toEqual(["1"]);
  });

  test.each([
    ["```js\nnull.x;\n```", "exec_main.mjs:2:6"],
    ["\n\n```js\n\nnull.x;\n```", "exec_main.mjs:5:6"],
    ['// @exec: {"max_output_tokens": 1000}\n```js\nnull.x;\n```', "exec_main.mjs:3:6"],
    ['```js\n// @exec: {"max_output_tokens": 1000}\nnull.x;\n```', "exec_main.mjs:3:6"],
  ])("leave the line numbers of %j", async (source, place) => {
    const [error] = answeredTexts(await modelTools().freeformExec.execute(source));
    expect(error).toContain(place);
  });

  test.each([
    '// @exec: {"max_output_tokens": 5}\n```js\ntext("x".repeat(400));\n```',
    '```js\n// @exec: {"max_output_tokens": 5}\ntext("x".repeat(400));\n```',
  ])("leave the pragma of %j", async (source) => {
    const [text] = answeredTexts(await modelTools().freeformExec.execute(source));
    expect(text).toContain("95 tokens truncated");
  });

  test("inside a source are part of it", async () => {
    const source = "/*\n```js\n1\n```\n*/\ntext(2);";
    expect(answeredTexts(await modelTools().freeformExec.execute(source))).toEqual(["2"]);
  });

  test("are looked for in no more than one pass", async () => {
    const source = `\`\`\`${" ".repeat(1e6)}x y\n1`;
    expect((await modelTools({ typescript: false }).freeformExec.execute(source)).isError).toBe(
      true,
    );
  });

  test("with nothing in them are no source", async () => {
    const refusal = refusalOf(await modelTools().freeformExec.execute("```js\n```"));
    expect(refusal).toContain("exec expects raw JavaScript source text (non-empty)");
  });
});

describe("a source inside JSON", () => {
  test.each([
    ['{"code": "text(1)"}', "`code`"],
    ['{\n  "source": "text(1)", "timeout": 5\n}', "`source`"],
    ['```json\n{"input": "text(1)"}\n```', "`input`"],
  ])("is not run: %j", async (source, key) => {
    const tools = modelTools();
    const freeform = refusalOf(await tools.freeformExec.execute(source));
    expect(freeform).toContain(`as JSON, in ${key}, and nothing was run. Send the source itself`);
    const nested = refusalOf(await tools.exec.execute({ code: source }));
    expect(nested).toContain("Put the source itself into `code`");
  });

  test("is not mistaken for a block", async () => {
    const result = await modelTools().freeformExec.execute('{ "use strict"; text(1); }');
    expect(answeredTexts(result)).toEqual(["1"]);
  });
});

describe("a wrong call", () => {
  test.each<readonly [unknown, string]>([
    [5, "exec takes JavaScript source text; got the number 5"],
    [{ code: "1" }, "exec takes JavaScript source text; got an object"],
    ["", "exec expects raw JavaScript source text (non-empty)"],
    ['// @exec: {"timeout": 5}\n1', "only supports `yield_time_ms` and `max_output_tokens`"],
  ])("of exec as a freeform tool with %j is answered", async (input, message) => {
    expect(refusalOf(await modelTools().freeformExec.execute(input))).toContain(message);
  });

  test.each<readonly [unknown, string]>([
    [undefined, "exec takes a JSON object; got undefined"],
    ["text(1)", "exec takes a JSON object, and this is not JSON"],
    ["[1]", "exec takes a JSON object; got an array [1]"],
    [{}, "exec wants `code` as a string of JavaScript; got undefined"],
    [{ code: "1", timeout: 1 }, "exec takes code, yield_time_ms, max_output_tokens; got `timeout`"],
    [{ code: "1", yield_time_ms: -1 }, "`yield_time_ms` as a non-negative safe integer; got"],
    [{ code: "1", max_output_tokens: "9" }, "`max_output_tokens` as a non-negative safe integer"],
  ])("of exec as a function tool with %j is answered with a right one", async (input, message) => {
    const refusal = refusalOf(await modelTools().exec.execute(input));
    expect(refusal).toContain(message);
    expect(refusal).toContain('A right call looks like {"code": "text(await tools.name({}));"}.');
  });

  test.each<readonly [unknown, string]>([
    ["7", "wait takes a JSON object; got the number 7"],
    [{}, "wait wants `cell_id` as the string that exec gave; got undefined"],
    [{ cell_id: 1.5 }, "wait wants `cell_id` as the string that exec gave; got the number 1.5"],
    [{ cell_id: "1", terminate: "yes" }, "wait wants `terminate` as true or false"],
    [
      { cell_id: "1", id: "1" },
      "wait takes cell_id, yield_time_ms, max_tokens, terminate; got `id`",
    ],
  ])("of wait with %j is answered with a right one", async (input, message) => {
    const refusal = refusalOf(await modelTools().wait.execute(input));
    expect(refusal).toContain(message);
    expect(refusal).toContain('A right call looks like {"cell_id": "7"}.');
  });

  test("of several kinds are all answered at once", async () => {
    const { exec, wait } = modelTools();
    const refused = await exec.execute({ code: 5, timeout: 1, cwd: "/", yield_time_ms: "soon" });
    expect(refusalOf(refused)).toBe(
      "exec takes code, yield_time_ms, max_output_tokens; got `timeout`, `cwd`; it wants `code` as a string of JavaScript; got the number 5; " +
        'it wants `yield_time_ms` as a non-negative safe integer; got a string "soon". A right call looks like {"code": "text(await tools.name({}));"}.',
    );
    expect(refusalOf(await wait.execute({ cell_id: null, terminate: 1 }))).toContain(
      "wait wants `cell_id` as the string that exec gave; got null; it wants `terminate` as true or false; got the number 1.",
    );
  });
});

describe("a return at the top level, where programs are modules", () => {
  const strict = { dialect: "strict" } as const;

  test.each(["return 1;", "const a = 1;\nif (a) return a;", "const a: number = 1;\nreturn a;"])(
    "is answered with how to write it: %j",
    async (source) => {
      const result = await modelTools({}, strict).freeformExec.execute(source);
      expect(result.isError).toBe(true);
      expect(answeredTexts(result)[0]).toMatch(/^Script error:\nSyntaxError: .*\n {4}at exec_main/);
      expect(answeredTexts(result)[0]).toContain("hand a result out with text(value)");
    },
  );

  test("is answered so by wait too", async () => {
    const { exec, wait } = modelTools({}, strict);
    const first = await exec.execute({ code: "return 1;", yield_time_ms: 0 });
    const last = first.isError ? first : await wait.execute({ cell_id: "1" });
    expect(answeredTexts(last)[0]).toContain("hand a result out with text(value)");
  });
});
