import { describe, expect, test } from "vitest";
import {
  type GoogleCallableTool,
  googleToolSource,
  googleTools,
  type RunnableGoogleTool,
} from "../../src/google.js";
import { declareTools, type ToolContext } from "../../src/index.js";
import { openSession, runToError, runToTexts } from "../support/cells.js";
import { pixel, sound } from "../support/scripted-server.js";

describe("googleTools", () => {
  test("declare exec and wait with JSON Schemas", async () => {
    const { tools, callable } = googleTools(openSession());
    expect(tools).toEqual([
      {
        functionDeclarations: [
          {
            name: "exec",
            description: expect.stringContaining("JavaScript"),
            parametersJsonSchema: expect.objectContaining({ required: ["code"] }),
          },
          expect.objectContaining({ name: "wait" }),
        ],
      },
    ]);
    expect([await callable.tool()]).toEqual(tools);
  });

  test("answer several calls in their order, mark errors, and pass over what is not theirs", async () => {
    await using session = openSession();
    const { dispatch } = googleTools(session);
    const parts = await dispatch([
      {
        id: "a",
        name: "exec",
        args: { code: `text("first"); image("data:,x"); audio("${sound}");` },
      },
      { id: "b", name: "search", args: {} },
      { name: "exec", args: { code: `image("data:image/png;base64,${pixel}");` } },
      { id: "c", name: "exec", args: { code: 'throw new Error("no");' } },
      { id: "d", name: "wait" },
    ]);
    expect(parts).toEqual([
      {
        functionResponse: {
          id: "a",
          name: "exec",
          response: {
            output: expect.stringMatching(
              /^Script completed\n.*\nfirst\n\[image left out: it is of no known type, and must be /s,
            ),
          },
        },
      },
      { inlineData: { mimeType: "audio/wav", data: sound.split(",")[1] } },
      {
        functionResponse: {
          name: "exec",
          response: { output: expect.stringMatching(/^Script completed\n/) },
        },
      },
      { inlineData: { mimeType: "image/png", data: pixel } },
      {
        functionResponse: {
          id: "c",
          name: "exec",
          response: { error: expect.stringMatching(/^Script failed\n.*Error: no/s) },
        },
      },
      {
        functionResponse: {
          id: "d",
          name: "wait",
          response: { error: expect.stringContaining("cell_id") },
        },
      },
    ]);
    // One that has no id is answered without any.
    expect(
      parts.map(({ functionResponse }) => functionResponse && "id" in functionResponse),
    ).toEqual([true, undefined, false, undefined, true, true]);
    expect(await dispatch(undefined)).toEqual([]);
  });

  test("give tools the context of the call", async () => {
    const seen: unknown[] = [];
    const look = { execute: (_: unknown, { context }: ToolContext) => void seen.push(context) };
    await using session = openSession({ tools: { look } });
    const call = { name: "exec", args: { code: "await tools.look();" } };
    await googleTools(session).dispatch([call], { context: "Ada" });
    expect(seen).toEqual(["Ada"]);
  });
});

describe("googleToolSource", () => {
  const functionDeclarations = [
    {
      name: "weather",
      description: "The weather in a city.",
      parameters: {
        type: "OBJECT",
        properties: { city: { type: "STRING" } },
        required: ["city"],
      },
    },
  ];

  test("takes declarations in either dialect, with a function that runs them", async () => {
    const json = {
      name: "clock",
      parametersJsonSchema: { type: "object", properties: {}, additionalProperties: false },
    };
    const tools = await googleToolSource(
      [{ functionDeclarations }, { functionDeclarations: [json] }],
      {
        execute: (name, input) => [name, input],
      },
    );
    expect(declareTools(tools)).toContain(
      "/** The weather in a city. */\n  weather(args: { city: string }): Promise<unknown>;",
    );
    const source = `
      text(await tools.weather({ city: "Oslo" }));
      text(await tools.clock());
    `;
    expect(await runToTexts(source, { tools })).toEqual([
      '["weather",{"city":"Oslo"}]',
      '["clock",{}]',
    ]);
    const error = await runToError("await tools.weather({ city: 7 });", { tools });
    expect(error.message).toContain("/city: must be string");
  });

  test("takes callable tools, and gives cells what they answer with", async () => {
    const calls: unknown[] = [];
    const callable: GoogleCallableTool = {
      tool: async () => ({ functionDeclarations }),
      callTool: async ([call]) => {
        calls.push(call);
        const city = String(call?.args?.["city"]);
        const answers: Record<string, object> = {
          Oslo: { output: "rain" },
          Rome: { sun: true },
          Nowhere: { error: "no such city" },
          Mcp: { content: [{ type: "text", text: "fog" }] },
          Photo: { output: "seen" },
          Void: { error: { code: 7 } },
        };
        const functionResponse = { name: "weather", response: { ...answers[city] } };
        const inlineData = { mimeType: "image/png", data: pixel };
        return [{ functionResponse }, ...(city === "Photo" ? [{ inlineData }] : [])];
      },
    };
    const tools = await googleToolSource([callable]);
    const source = `
      for (const city of ["Oslo", "Rome", "Mcp"]) text(await tools.weather({ city }));
      content((await tools.weather({ city: "Photo" })).content);
      for (const city of ["Nowhere", "Void"]) {
        await tools.weather({ city }).catch((error) => text(error.message));
      }
    `;
    expect(await runToTexts(source, { tools })).toEqual([
      "rain",
      '{"sun":true}',
      "fog",
      "seen",
      "image",
      "no such city",
      '{"code":7}',
    ]);
    expect(calls[0]).toEqual({ id: "1-1", name: "weather", args: { city: "Oslo" } });
  });

  const blob = (mimeType: string) => ({ inlineData: { mimeType, data: "AAAA" } });
  const reply = (response: object) => ({ functionResponse: { name: "look", response } });
  test.each<readonly [string, readonly object[] | undefined, unknown]>([
    ["nothing", undefined, {}],
    ["no parts", [], {}],
    ["text alone", [{ text: "look" }], {}],
    ["its output", [reply({ output: [1] })], [1]],
    ["null as its output", [reply({ output: null })], null],
    ["other fields", [reply({ a: 1, content: "no list" })], { a: 1, content: "no list" }],
    [
      "an image, and an output that is no text",
      [blob("image/png"), reply({ output: { n: 1 } })],
      {
        content: [
          { type: "text", text: '{"n":1}' },
          { type: "image", data: "AAAA", mimeType: "image/png" },
        ],
      },
    ],
    [
      "sound",
      [reply({ output: "heard" }), blob("audio/wav")],
      {
        content: [
          { type: "text", text: "heard" },
          { type: "audio", data: "AAAA", mimeType: "audio/wav" },
        ],
      },
    ],
  ])("gives cells what a callable tool answers: %s", async (_what, parts, value) => {
    const callTool = async () => parts as never;
    const look: GoogleCallableTool = {
      tool: async () => ({ functionDeclarations: [{ name: "look" }] }),
      callTool,
    };
    const tools = await googleToolSource([look]);
    const [text] = await runToTexts("text(JSON.stringify(await tools.look()));", { tools });
    expect(JSON.parse(text ?? "")).toEqual(value);
  });

  test("declares what functions answer, in either dialect", async () => {
    const response = { type: "STRING" };
    const declarations = [
      { name: "a", response },
      { name: "b", responseJsonSchema: { type: "number" }, response },
      { name: "c", description: null as never, parameters: { type: "OBJECT", properties: {} } },
    ];
    const tools = await googleToolSource([{ functionDeclarations: declarations }], {
      execute: () => 1,
    });
    const declared = declareTools(tools);
    expect(declared).toMatch(/a\(.*\): Promise<string>;/);
    expect(declared).toMatch(/b\(.*\): Promise<number>;/);
    expect(tools.map(({ description }) => description)).toEqual(["", "", ""]);
  });

  test.each([[{ execute: "f" }], [{ run: () => 1 }], [null]])(
    "refuses the options %j",
    async (options) => {
      const source = googleToolSource([{ functionDeclarations }], options as never);
      await expect(source).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
    },
  );

  test.each<readonly [RunnableGoogleTool, string]>([
    [{ functionDeclarations }, "it is declared only, and there is no `execute` to run it"],
    [{ googleSearch: {} } as RunnableGoogleTool, "it has no functionDeclarations"],
  ])("refuses what cannot be run: %j", async (tool, message) => {
    await expect(googleToolSource([tool])).rejects.toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_TOOL",
        message: expect.stringContaining(message),
      }),
    );
  });
});
