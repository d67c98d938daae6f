import { describe, expect, test } from "vitest";
import { type CellEvent, createCodeMode, createModelTools } from "../../src/index.js";
import { answeredTexts, modelTools, refusalOf, statusOf } from "../support/model.js";

/** Yields once, and ends when it is waited for. */
const twoParts =
  'text("a"); yield_control(); await new Promise((f) => setTimeout(f, 1)); text("b");';
const endless = "await new Promise(() => setTimeout(() => {}, 1e8));";

describe("exec", () => {
  test.each([
    ["an object", { code: 'text("hi");' }],
    ["the JSON text of an object", '{"code": "text(\\"hi\\");"}'],
    ["null where nothing is meant", { code: 'text("hi");', yield_time_ms: null }],
  ])("as a function tool takes %s", async (_what, input) => {
    const result = await modelTools().exec.execute(input);
    expect(result.content).toEqual([
      {
        type: "text",
        text: expect.stringMatching(/^Script completed\nWall time \d\.\d seconds\nOutput:\n$/),
      },
      { type: "text", text: "hi" },
    ]);
    expect(result).toMatchObject({ isError: false, outcome: { status: "completed" } });
  });

  test("as a freeform tool takes the source", async () => {
    const result = await modelTools().freeformExec.execute('text("hi");');
    expect(answeredTexts(result)).toEqual(["hi"]);
  });

  test("tells a failure after the output", async () => {
    const result = await modelTools().exec.execute({ code: 'text("a");\nnull.x;' });
    expect(statusOf(result)).toBe("Script failed");
    expect(answeredTexts(result)).toEqual([
      "a",
      "Script error:\nTypeError: Cannot read properties of null (reading 'x')\n    at exec_main.mjs:2:6",
    ]);
    expect(result.isError).toBe(true);
  });

  test("takes limits from its arguments, and before those from a pragma", async () => {
    const tools = modelTools();
    const code = `text("x".repeat(400));`;
    const cut = await tools.exec.execute({ code, max_output_tokens: 10 });
    expect(cut.content[1]).toMatchObject({ text: expect.stringContaining("90 tokens truncated") });
    const pragma = `// @exec: {"max_output_tokens": 20}\n${code}`;
    const cutLess = await tools.exec.execute({ code: pragma, max_output_tokens: 10 });
    expect(cutLess.content[1]).toMatchObject({
      text: expect.stringContaining("80 tokens truncated"),
    });
    const yielded = await tools.exec.execute({ code: endless, yield_time_ms: 0 });
    expect(statusOf(yielded)).toBe("Script running with cell ID 3");
    await tools.wait.execute({ cell_id: "3", terminate: true });
  });

  test("counts tokens as it is told", async () => {
    const tools = modelTools({ countTokens: (text) => text.length }, { maxOutputTokens: 4 });
    const [text] = answeredTexts(await tools.exec.execute({ code: 'text("abcdefghij");' }));
    expect(text).toMatch(/\n\nab…6 tokens truncated…ij$/);
  });

  test("never cuts an image", async () => {
    const code = 'image("data:image/png;base64,AAAA"); text("x".repeat(100));';
    const result = await modelTools().exec.execute({ code, max_output_tokens: 1 });
    expect(result.content[1]).toEqual({
      type: "image",
      imageUrl: "data:image/png;base64,AAAA",
      detail: "high",
    });
    expect(result.content[2]).toMatchObject({ text: "xx…24 tokens truncated…xx" });
  });

  test("terminates the cell when its signal is aborted", async () => {
    const abort = new AbortController();
    const running = modelTools().exec.execute(
      { code: endless },
      {
        signal: abort.signal,
        onEvent: (event: CellEvent) => event.type === "started" && abort.abort(),
      },
    );
    expect(await running).toMatchObject({ isError: false, outcome: { status: "terminated" } });
  });

  test("passes notifications to the caller of the call", async () => {
    const notes: string[] = [];
    await modelTools().exec.execute(
      { code: 'notify("half way");' },
      { onNotify: ({ text }) => void notes.push(text) },
    );
    expect(notes).toEqual(["half way"]);
  });

  test("of a closed session is the caller's mistake, and rejects", async () => {
    const session = createCodeMode().openSession();
    const { exec } = createModelTools(session);
    await session.close();
    await expect(exec.execute({ code: "1" })).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
  });

  test("answers that too many programs run", async () => {
    const tools = modelTools({}, { limits: { cells: 1, queuedCells: 1 } });
    await tools.exec.execute({ code: endless, yield_time_ms: 0 });
    const queued = tools.exec.execute({ code: "1" });
    const refusal = refusalOf(await tools.exec.execute({ code: "1" }));
    expect(refusal).toContain("limits.queuedCells");
    await tools.wait.execute({ cell_id: "1", terminate: true });
    expect(statusOf(await queued)).toBe("Script completed");
  });
});

describe("wait", () => {
  test("gives what is new, then the end, then that there is no such cell", async () => {
    const { exec, wait } = modelTools();
    const first = await exec.execute({ code: twoParts });
    expect([statusOf(first), ...answeredTexts(first)]).toEqual([
      "Script running with cell ID 1",
      "a",
    ]);
    const second = await wait.execute({ cell_id: "1" });
    expect([statusOf(second), ...answeredTexts(second)]).toEqual(["Script completed", "b"]);
    const third = await wait.execute('{"cell_id": "1"}');
    expect(third).toMatchObject({ isError: true, outcome: { status: "missing" } });
    expect(answeredTexts(third)).toEqual([
      "Script error:\ncell 1 has ended and its result was given; it is given once",
    ]);
    for (const id of ["2", "0", "first"]) {
      const never = await wait.execute({ cell_id: id });
      expect(answeredTexts(never)).toEqual([
        `Script error:\nno such cell: "${id}"; wait takes the id of "Script running with cell ID …"`,
      ]);
    }
  });

  test("takes an id that is sent as a number, and a number of tokens", async () => {
    const { exec, wait } = modelTools();
    await exec.execute({ code: `${twoParts} text("x".repeat(400));` });
    const result = await wait.execute({ cell_id: 1, max_tokens: 10 });
    expect(answeredTexts(result)[0]).toContain("tokens truncated");
  });

  test("terminates a cell and gives what it has handed out", async () => {
    const { exec, wait } = modelTools();
    await exec.execute({ code: `yield_control(); text("late"); ${endless}` });
    await wait.execute({ cell_id: "1", yield_time_ms: 0 });
    const result = await wait.execute({ cell_id: "1", terminate: true });
    expect(statusOf(result)).toBe("Script terminated");
    expect(result.isError).toBe(false);
  });

  test("answers that another wait is running already", async () => {
    const { exec, wait } = modelTools();
    await exec.execute({ code: endless, yield_time_ms: 0 });
    const waiting = wait.execute({ cell_id: "1" });
    expect(refusalOf(await wait.execute({ cell_id: "1" }))).toContain("1");
    await wait.execute({ cell_id: "1", terminate: true });
    expect(statusOf(await waiting)).toBe("Script terminated");
  });

  test("stops when its signal is aborted, and the cell goes on", async () => {
    const { exec, wait } = modelTools();
    await exec.execute({ code: endless, yield_time_ms: 0 });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(wait.execute({ cell_id: "1" }, { signal })).rejects.toThrow("enough");
    const result = await wait.execute({ cell_id: "1", terminate: true });
    expect(statusOf(result)).toBe("Script terminated");
  });
});

test.each([
  [{ describeTools: "some" }, '"describeTools" must be "all", "loaded" or "none"'],
  [{ codeOnly: 1 }, '"codeOnly" must be true or false'],
  [{ typescript: "yes" }, '"typescript" must be true or false'],
  [{ countTokens: 4 }, '"countTokens" must be a function'],
  [{ abort: "all" }, '"abort" must be "call" or "cell"'],
  [{ deferred: true }, 'There is no option "deferred"'],
])("the options %j are refused", (options, message) => {
  const session = createCodeMode().openSession();
  expect(() => createModelTools(session, options as never)).toThrow(
    expect.objectContaining({
      code: "ERR_INVALID_OPTION",
      message: expect.stringContaining(message),
    }),
  );
});
