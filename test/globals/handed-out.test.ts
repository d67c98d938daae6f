import { describe, expect, test } from "vitest";
import { openSession, run, runToTexts } from "../support/cells.js";

const tools = {
  echo: { execute: (input: unknown) => input },
  failing: {
    execute: () => {
      throw new Error("no such thing");
    },
  },
};

const marker = "[a promise that was not awaited]";
const refused = "TypeError: a promise can be neither stored nor given to a tool: await it first";

/** A source that shows what a call throws. */
const thrownBy = (call: string): string =>
  `try { ${call}; text("nothing was thrown"); } catch (e) { text(String(e)); }`;

describe("an error inside of what is handed out shows what it holds", () => {
  test.each<[what: string, source: string, text: string]>([
    [
      "in an object",
      'text({ error: new TypeError("t") });',
      '{"error":{"name":"TypeError","message":"t"}}',
    ],
    ["in an array", 'text([new Error("e")]);', '[{"name":"Error","message":"e"}]'],
    [
      "in a Map",
      'text(new Map([["k", new Error("e")]]));',
      '[["k",{"name":"Error","message":"e"}]]',
    ],
    [
      "with what the cell put on it",
      'text([Object.assign(new Error("e"), { code: "E1", inner: new Error("i") })]);',
      '[{"name":"Error","message":"e","code":"E1","inner":{"name":"Error","message":"i"}}]',
    ],
    [
      "of a tool",
      "text([await tools.failing().catch((e) => e)]);",
      '[{"name":"ToolError","message":"no such thing","tool":"failing"}]',
    ],
    [
      "as the reason of a settled promise",
      "await stream_settled([tools.failing()], (entry) => text(entry));",
      '{"index":0,"status":"rejected","reason":{"name":"ToolError","message":"no such thing","tool":"failing"}}',
    ],
    [
      "as the reason that Promise.allSettled gives",
      'text(await Promise.allSettled([Promise.reject(new RangeError("r"))]));',
      '[{"status":"rejected","reason":{"name":"RangeError","message":"r"}}]',
    ],
    [
      "in what a tool gets",
      'text(await tools.echo({ error: new Error("e") }));',
      '{"error":{"name":"Error","message":"e"}}',
    ],
    [
      "in what is stored",
      'store("k", { error: new Error("e") }); text(load("k"));',
      '{"error":{"name":"Error","message":"e"}}',
    ],
    [
      "in a resource",
      'content({ type: "resource", error: new Error("e") });',
      '{"type":"resource","error":{"name":"Error","message":"e"}}',
    ],
  ])("%s", async (_what, source, text) => {
    expect(await runToTexts(source, { tools })).toEqual([text]);
  });

  test("also as a notification and on the console", async () => {
    const notes: string[] = [];
    const outcome = await run(
      'notify({ e: new Error("n") }); console.log([new Error("c")], [Promise.resolve()]);',
      { console: true, onNotify: ({ text }) => void notes.push(text) },
    );
    expect(notes).toEqual(['{"e":{"name":"Error","message":"n"}}']);
    expect(outcome).toMatchObject({
      logs: [{ text: `[{"name":"Error","message":"c"}] ["${marker}"]` }],
    });
  });

  test("an error with a toJSON of its own shows that", async () => {
    const source = `
      class Mine extends Error { toJSON() { return "mine"; } }
      text([new Mine()]);`;
    expect(await runToTexts(source)).toEqual(['["mine"]']);
  });
});

describe("a promise that was not awaited is told", () => {
  test.each([
    ["alone", "text(tools.echo({}));", marker],
    ["in an object", "text({ total: tools.echo({}) });", `{"total":"${marker}"}`],
    ["in an array", "text([Promise.reject(1)]);", `["${marker}"]`],
    ["as the error that is thrown", "", ""],
  ])("in output, %s", async (_where, source, text) => {
    if (source === "") {
      expect(await run("throw { a: Promise.resolve() };")).toMatchObject({
        error: { text: expect.stringContaining(`{"a":"${marker}"}`) },
      });
      return;
    }
    expect(await runToTexts(source, { tools })).toEqual([text]);
  });

  test.each([
    'store("p", tools.echo({}))',
    'store("p", { deep: [tools.echo({})] })',
    "tools.echo(tools.echo({}))",
    "tools.echo({ id: tools.echo({}) })",
  ])("and refused as data: %s", async (call) => {
    expect(await runToTexts(thrownBy(call), { tools })).toEqual([refused]);
  });
});

describe("nested Maps and Sets", () => {
  test("show their entries in output", async () => {
    const source = 'text({ m: new Map([["a", new Set([1])]]), s: new Set([2]) });';
    expect(await runToTexts(source)).toEqual(['{"m":[["a",[1]]],"s":[2]}']);
  });

  test("are stored as JSON has them", async () => {
    expect(await runToTexts('store("k", { m: new Map([[1, 2]]) }); text(load("k"));')).toEqual([
      '{"m":{}}',
    ]);
  });
});

describe("the cell's own JSON", () => {
  test.each([
    'JSON.stringify({ e: new Error("e"), p: Promise.resolve(), m: new Map([[1, 2]]) })',
    'JSON.stringify([new Error("e"), new Set([1])]).replaceAll("[", "{").replaceAll("]", "}")',
  ])("is the language's: %s", async (expression) => {
    const [text = ""] = await runToTexts(`text(${expression});`);
    expect(text).not.toMatch(/message|await|1,2/);
  });

  test("is the language's again after an output that threw", async () => {
    const source = `
      const cyclic = { e: new Error("e") }; cyclic.self = cyclic;
      try { text(cyclic); } catch {}
      try { store("k", Promise.resolve()); } catch {}
      text(JSON.stringify(new Error("e")));`;
    expect(await runToTexts(source)).toEqual(["{}"]);
  });

  test("shows no more keys of errors and promises than before", async () => {
    const source = `
      const keys = [];
      for (const key in new Error("e")) keys.push(key);
      for (const key in Promise.resolve()) keys.push(key);
      text([keys, Object.keys(new Error("e"))]);`;
    expect(await runToTexts(source)).toEqual(["[[],[]]"]);
  });
});

describe("texts without end", () => {
  const rope = '"\\u0100".repeat(2 ** 29 - 24)';

  test.each<[what: string, source: string, text: RegExp]>([
    [
      "the type of a block",
      `image({ type: ${rope} })`,
      /^TypeError: image only accepts MCP image blocks, got "\(a text of 536870888 characters\)"$/,
    ],
    [
      "a media type",
      `image({ type: "image", data: "AAAA", mimeType: ${rope} })`,
      /^TypeError: image expected a mimeType of at most 1024 characters$/,
    ],
    ["a detail", `image("data:,", ${rope})`, /^TypeError: image detail must be one of/],
    ["a content block's type", `content({ type: ${rope} })`, /^TypeError: content expects/],
    ["a stored key", `store(${rope}, 1)`, /^RangeError: store: all stored values together/],
    [
      "an import",
      `await import(${rope})`,
      /^Error: Unsupported import in exec: \(a text of 536870888 characters\)$/,
    ],
  ])("are not copied: %s", async (_what, call, text) => {
    const [thrown = ""] = await runToTexts(thrownBy(call));
    expect(thrown).toMatch(text);
  });

  test.each([
    `image(${rope})`,
    `image({ type: "image", data: ${rope} })`,
    `text(${rope})`,
    `notify(${rope})`,
  ])("end the cell that hands them out before they are read: %s", async (call) => {
    expect(await run(`${call}; text("on");`)).toMatchObject({
      status: "failed",
      output: [],
      error: { code: "ERR_CELL_OUTPUT_LIMIT" },
    });
  });

  test("load of a key that is longer than all stored values is undefined", async () => {
    expect(await runToTexts(`text(load(${rope}) === undefined);`)).toEqual(["true"]);
  });

  test.each([rope, `new Error(${rope})`, `{ message: ${rope}, stack: ${rope} }`])(
    "are cut where they are thrown: %s",
    async (thrown) => {
      const outcome = await run(`throw ${thrown};`);
      if (outcome.status !== "failed") throw new Error(outcome.status);
      expect(outcome.error.text.length).toBeLessThan(66_000);
      expect(outcome.error.message.length).toBeLessThan(66_000);
    },
  );

  test("a text with causes, inner errors and many lines has one bound", async () => {
    const source = `
      const lines = () => new Error("\\n".repeat(60_000));
      const many = (depth) => depth === 0 ? lines() : new AggregateError(Array.from({ length: 9 }, () => many(depth - 1)), "a", { cause: many(depth - 1) });
      throw many(3);`;
    const outcome = await run(source);
    if (outcome.status !== "failed") throw new Error(outcome.status);
    expect(outcome.error.text.length).toBeLessThan(66_000);
  });

  test("rejections have one bound together, and those past it are counted", async () => {
    const source =
      'for (let i = 0; i < 100; i += 1) Promise.reject(new Error("x".repeat(50_000)));';
    await using session = openSession();
    const outcome = await session.exec(source);
    if (outcome.status !== "completed") throw new Error(outcome.status);
    const texts = outcome.warnings.map(({ text }) => text);
    expect(texts.join("").length).toBeLessThan(400_000);
    expect(texts.at(-1)).toMatch(/^and \d+ more rejections$/);
  });

  test("a console line past the limit of output ends the cell before it is built", async () => {
    const outcome = await run(
      'const s = "x".repeat(2 ** 20); console.log(...Array.from({ length: 2000 }, () => s)); text("on");',
      { console: true, limits: { outputBytes: 8 * 2 ** 20 } },
    );
    expect(outcome).toMatchObject({
      status: "failed",
      output: [],
      logs: [],
      error: { code: "ERR_CELL_OUTPUT_LIMIT" },
    });
  });
});
