import { describe, expect, test } from "vitest";
import { type CodeModeOptions, declareTool, type NamedTool } from "../../src/index.js";
import {
  EventLog,
  failedOf,
  openSession,
  run,
  runToError,
  runToTexts,
  start,
  textsOf,
} from "../support/cells.js";
import { compileTexts } from "../support/tsc.js";

const execute = (): unknown => null;

const read: NamedTool = {
  name: "read-text-file",
  namespace: "mcp/files",
  description: "Reads a file as text.",
  inputSchema: {
    type: "object",
    properties: { path: { type: "string" } },
    required: ["path"],
    additionalProperties: false,
  },
  resultType: "mcp",
  execute,
};

const tools: readonly NamedTool[] = [
  read,
  { name: "list", namespace: "mcp/files", description: "Lists a folder.", execute },
  { name: "create_issue", namespace: "tickets", description: "Opens a ticket.", execute },
  { name: "list", namespace: "tickets", description: "Lists tickets.", execute },
  { name: "archive_issue", description: "Closes a ticket.", deferLoading: true, execute },
];

const thousand: readonly NamedTool[] = Array.from({ length: 1000 }, (_, n) => ({
  name: `copy_${n}`,
  description: n === 777 ? "Waters the tomatoes." : "Copies something.",
  execute,
}));

async function found(source: string, options: CodeModeOptions = { tools }): Promise<unknown> {
  const [json = ""] = await runToTexts(`text(JSON.stringify(await ${source}));`, options);
  return JSON.parse(json);
}

async function names(source: string, options?: CodeModeOptions): Promise<readonly string[]> {
  return ((await found(source, options)) as { readonly name: string }[]).map(({ name }) => name);
}

/** What a source throws, at once or later. */
async function thrown(source: string, options: CodeModeOptions = { tools }): Promise<string> {
  const caught = `try { text(await ${source}); } catch (e) { text(String(e)); }`;
  const [text = ""] = await runToTexts(caught, options);
  return text;
}

describe("search_tools", () => {
  test("gives name, description and declaration of the tools that fit, the best first", async () => {
    expect(await found('search_tools("open ticket")')).toEqual([
      {
        name: "tickets__create_issue",
        description: "Opens a ticket.",
        declaration:
          "declare const tools: {\n  // namespace tickets\n  tickets__create_issue(args?: unknown): Promise<unknown>;\n};\n",
      },
      expect.objectContaining({ name: "tickets__list" }),
      expect.objectContaining({ name: "archive_issue" }),
    ]);
  });

  test("gives five by default, as many as asked for, and fifty at most", async () => {
    const options = { tools: thousand };
    expect(await names('search_tools("copy")', options)).toHaveLength(5);
    expect(await names('search_tools("copy", undefined)', options)).toHaveLength(5);
    expect(await names('search_tools("copy", 2)', options)).toEqual(["copy_0", "copy_1"]);
    expect(await names('search_tools("copy", 1e9)', options)).toHaveLength(50);
  });

  test("finds one of a thousand, and calls of the same cell find the same", async () => {
    const source =
      'Promise.all(Array.from({ length: 20 }, async () => (await search_tools("tomato", 1))[0]))';
    expect(await names(source, { tools: thousand })).toEqual(new Array(20).fill("copy_777"));
  });

  test("gives the first tools for an empty query and none for one that fits nothing", async () => {
    expect(await names('search_tools(" ", 1)')).toEqual(["mcp__files__read_text_file"]);
    expect(await found('search_tools("zzzzzz")')).toEqual([]);
    expect(await found('search_tools("list")', {})).toEqual([]);
  });

  test("finds deferred tools and those of one exec", async () => {
    expect(await names('search_tools("archive")')).toEqual(["archive_issue"]);
    await using session = openSession({ tools });
    const source = 'text((await search_tools("tomatoes")).map(({ name }) => name));';
    const own = { tools: { water: { description: "Waters the tomatoes.", execute } } };
    expect(textsOf(await session.exec(source, own))).toEqual(['["water"]']);
    expect(textsOf(await session.exec(source))).toEqual(["[]"]);
  });

  test("answers in the order of the calls", async () => {
    const source = `
      const order = [];
      await Promise.all([
        search_tools("ticket").then(() => order.push(1)),
        describe_tool("nothing").catch(() => order.push(2)),
        search_tools("list").then(() => order.push(3)),
        describe_tool("archive_issue").then(() => order.push(4)),
      ]);
      text(order);`;
    expect(await runToTexts(source, { tools })).toEqual(["[1,2,3,4]"]);
  });
});

describe("describe_tool", () => {
  test.each([
    "mcp__files__read_text_file",
    "read-text-file",
    "read_text_file",
    "mcp/files/read_text_file",
  ])("knows a tool as %s", async (name) => {
    expect(await found(`describe_tool(${JSON.stringify(name)})`)).toEqual({
      name: "mcp__files__read_text_file",
      description: "Reads a file as text.",
      declaration: declareTool(read, { toolDescriptions: false }),
    });
  });

  test("tells two tools of one name apart by their namespaces", async () => {
    expect(await thrown('describe_tool("list")')).toBe(
      'Error: "list" is the name of several tools: mcp__files__list, tickets__list.',
    );
    expect(await found('describe_tool("tickets/list")')).toMatchObject({ name: "tickets__list" });
  });

  test.each([
    [
      "read_txt_file",
      'There is no tool "read_txt_file"; the nearest are mcp__files__read_text_file, mcp__files__list. search_tools finds more.',
    ],
    [
      "/archive_issue",
      'There is no tool "/archive_issue"; the nearest are archive_issue, tickets__create_issue. search_tools finds more.',
    ],
    ["zzzzzz", 'There is no tool "zzzzzz"; search_tools finds tools by words.'],
    ["", 'There is no tool ""; search_tools finds tools by words.'],
    ["__proto__", 'There is no tool "__proto__"; search_tools finds tools by words.'],
  ])("rejects the unknown name %j with what to look for", async (name, message) => {
    expect(await thrown(`describe_tool(${JSON.stringify(name)})`)).toBe(`Error: ${message}`);
  });

  test("names up to three of several tools that have the name, and counts the others", async () => {
    const same = (count: number): readonly NamedTool[] =>
      ["a", "b", "c", "d", "e"].slice(0, count).map((namespace) => ({
        name: "list",
        namespace,
        execute,
      }));
    const several = '"list" is the name of several tools: a__list, b__list, c__list';
    for (const [count, more] of [
      [3, "."],
      [4, " and 1 more."],
      [5, " and 2 more."],
    ] as const) {
      const said = await thrown('describe_tool("list")', { tools: same(count) });
      expect(said).toBe(`Error: ${several}${more}`);
    }
  });

  test("gives descriptions in any script", async () => {
    const open = { description: "Öffnet 漢字 und 😀.", execute };
    const options = { tools: { open } };
    expect(await found('describe_tool("open")', options)).toMatchObject({
      description: open.description,
    });
    expect(await found('search_tools("öffnet")', options)).toMatchObject([
      { description: open.description },
    ]);
  });

  test("names the nearest tool where there is one", async () => {
    expect(await thrown('describe_tool("archive")')).toBe(
      'Error: There is no tool "archive"; the nearest is archive_issue. search_tools finds more.',
    );
    expect(await thrown('describe_tool(" ")')).toBe(
      'Error: There is no tool " "; search_tools finds tools by words.',
    );
  });

  test("knows the guide to the globals, unless a tool has its name", async () => {
    expect(await found('describe_tool("helpers")')).toMatchObject({
      name: "helpers",
      description: expect.stringContaining("the globals that every program has"),
      declaration: expect.stringContaining("declare function text("),
    });
    const helpers = { description: "Mine.", execute };
    expect(await found('describe_tool("helpers")', { tools: { helpers } })).toMatchObject({
      description: "Mine.",
    });
  });

  test("says so where there are no tools", async () => {
    expect(await thrown('describe_tool("a")', {})).toBe(
      'Error: There is no tool "a"; this cell has no tools.',
    );
  });

  test("that is not caught fails the cell with its position", async () => {
    const error = await runToError('\nawait describe_tool("zzzzzz");', { tools });
    expect(error).toMatchObject({ name: "Error", position: { line: 2 } });
    expect(error.text).toContain("at exec_main.mjs:2:7");
  });
});

test("declarations are accepted by the compiler, each alone", async () => {
  const all = (await found('search_tools("", 50)')) as { readonly declaration: string }[];
  expect(all).toHaveLength(tools.length);
  const texts = all.map(({ declaration }) => declaration);
  expect(await compileTexts(texts)).toEqual([]);
  expect(texts.join("")).toContain("McpResult");
});

test("a search gives 5 tools where it says nothing else, and 50 at most", async () => {
  const options = { tools: thousand };
  expect(await names('search_tools("copies")', options)).toHaveLength(5);
  expect(await names('search_tools("copies", 50)', options)).toHaveLength(50);
  expect(await names('search_tools("copies", 51)', options)).toHaveLength(50);
});

describe("wrong arguments throw a TypeError", () => {
  test.each([
    ["search_tools()", "search_tools expects a query as a string, and got undefined"],
    ["search_tools(null)", "search_tools expects a query as a string, and got null"],
    ["search_tools(7)", "search_tools expects a query as a string, and got 7"],
    [
      'search_tools("a".repeat(501))',
      "search_tools expects a query of at most 500 characters, and got 501",
    ],
    ...[
      ["0", "0"],
      ["-1", "-1"],
      ["1.5", "1.5"],
      ["NaN", "NaN"],
      ["Infinity", "Infinity"],
      ["null", "null"],
      ['"5"', "a string"],
      ["5n", "a bigint"],
      ["[5]", "an object"],
    ].map(([limit, got]) => [
      `search_tools("a", ${limit})`,
      `search_tools expects a whole number of 1 or more as its limit, and got ${got}`,
    ]),
    [
      "describe_tool(tools.list)",
      "describe_tool expects the name of a tool as a string, and got a function",
    ],
    ["describe_tool()", "describe_tool expects the name of a tool as a string, and got undefined"],
  ] as [string, string][])("%s", async (source, message) => {
    const options = { tools: { list: { execute } } };
    expect(await thrown(source, options)).toBe(`TypeError: ${message}`);
  });
});

test("hostile arguments run none of their code and are refused or taken as they are", async () => {
  const source = `
    let runs = 0;
    const run = () => { runs += 1; throw new Error("ran"); };
    const trap = new Proxy({}, { get: run, has: run, getPrototypeOf: run, ownKeys: run });
    const { proxy, revoke } = Proxy.revocable(() => {}, {});
    revoke();
    const values = [trap, proxy, { toString: run, valueOf: run, toJSON: run, [Symbol.toPrimitive]: run }, new String("a"), Symbol("a"), [], "a".repeat(2 ** 28)];
    String.prototype.toString = Number.prototype.valueOf = String.prototype[Symbol.iterator] = run;
    Object.prototype.then = undefined;
    for (const ask of [search_tools, describe_tool, (value) => search_tools("a", value)]) {
      for (const value of values) {
        try { await ask(value); text("taken"); } catch (e) { if (e.name !== "TypeError") text(e.name); }
      }
    }
    for (const query of ["\\0", "\\ud800", "\\\\", "*.()[]{}", "\\u{1f600}".repeat(250), "__proto__ constructor"]) {
      if (!Array.isArray(await search_tools(query))) text(query);
    }
    text(runs);`;
  expect(await runToTexts(source, { tools })).toEqual(["0"]);
});

describe("they are no tools", () => {
  const asks = 'await search_tools("a"); await describe_tool("list").catch(() => {});';

  test("no list has them, no event tells of them, and usage does not count them", async () => {
    const log = new EventLog();
    const source = `${asks}
      text([ALL_TOOLS.map(({ name }) => name), Object.keys(tools), Object.keys(await import("tools.js"))]);`;
    const outcome = await run(source, { tools: { one: { execute } }, onEvent: log.push });
    expect(textsOf(outcome)).toEqual(['[["one"],["one"],["ALL_TOOLS","one"]]']);
    expect(log.types()).toEqual(["started", "output", "ended"]);
    expect(outcome).toMatchObject({ usage: { toolCalls: 0 } });
  });

  test("a tool of that name is another", async () => {
    const source = `
      text(await tools.search_tools("mine"));
      text((await search_tools("search"))[0].name);
      text((await describe_tool("search_tools")).description);`;
    const own = { search_tools: { description: "Mine.", execute: (input: unknown) => input } };
    expect(await runToTexts(source, { tools: own })).toEqual(["mine", "search_tools", "Mine."]);
  });

  test("the module of the helpers has them", async () => {
    const source = `
      import { search_tools as search, describe_tool as describe } from "codecell";
      text([search === search_tools, describe === describe_tool, search.name, describe.name]);
      text((await search("archive"))[0].name);`;
    expect(await runToTexts(source, { tools })).toEqual([
      '[true,true,"search_tools","describe_tool"]',
      "archive_issue",
    ]);
  });
});

describe("limits hold", () => {
  test("on the number of calls", async () => {
    const limits = { toolCalls: 10 };
    for (const source of ['for (;;) search_tools("a");', 'for (;;) await describe_tool("one");']) {
      const outcome = failedOf(await run(source, { tools: { one: { execute } }, limits }));
      expect(outcome.error).toMatchObject({ code: "ERR_CELL_TOOL_CALLS_LIMIT" });
    }
  });

  test("on the calls in flight: others wait, and none is lost", async () => {
    const source = `
      const all = await Promise.all(Array.from({ length: 30 }, (_, n) => n % 3 ? search_tools("list", 1) : tools.tickets__list(n)));
      text(all.filter(Array.isArray).length);`;
    const limits = { toolCallsInFlight: 2 };
    expect(await runToTexts(source, { tools, limits })).toEqual(["20"]);
  });

  test.each([
    [{ toolInputBytes: 2 }, /^RangeError: the input of search_tools is too large.*toolInputBytes/],
    [{ toolResultBytes: 20 }, /^Error: The answer is too large.*toolResultBytes/],
    [{ jsonDepth: 1 }, /^Error: The result of search_tools is nested more than 1 deep.*jsonDepth/],
  ])("on what is asked and answered: %j", async (limits, message) => {
    expect(await thrown('search_tools("list")', { tools, limits })).toMatch(message);
  });

  test("on the number of searches, which leaves tools that are known by name", async () => {
    const source = `
      for (let i = 0; i < 1000; i += 1) await search_tools("archive", 1);
      for (const ask of [() => search_tools("archive"), () => describe_tool("unknown")]) {
        try { await ask(); } catch (e) { text(e.message); }
      }
      text((await describe_tool("archive_issue")).name);`;
    const refused =
      "This cell has searched its tools 1000 times, which is the maximum. ALL_TOOLS lists all tools.";
    await using session = openSession({ tools });
    expect(textsOf(await session.exec(source))).toEqual([refused, refused, "archive_issue"]);
    const next = 'text((await search_tools("archive"))[0].name);';
    expect(textsOf(await session.exec(next))).toEqual(["archive_issue"]);
  });
});

describe("a cell that ends with searches open", () => {
  const flood =
    'for (let i = 0; i < 500; i += 1) search_tools("list " + i).then(() => text("late"));';

  test("by itself ends as ever", async () => {
    expect(await runToTexts(`${flood} text("gone"); exit();`, { tools })).toEqual(["gone"]);
  });

  test("because it is terminated leaves its session usable", async () => {
    await using session = openSession({ tools });
    const id = await start(
      session,
      `${flood} yield_control(); for (;;) await search_tools("list");`,
    );
    expect(await session.terminate(id)).toMatchObject({ status: "terminated" });
    const next = 'text((await search_tools("archive"))[0].name);';
    expect(textsOf(await session.exec(next))).toEqual(["archive_issue"]);
  });

  test("because its session is closed is waited for", async () => {
    const session = openSession({ tools });
    await start(session, `${flood} await new Promise(() => {});`);
    await session.close();
  });
});
