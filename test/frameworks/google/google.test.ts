import { FunctionCallingConfigMode, GoogleGenAI, mcpToTool, Type } from "@google/genai";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { googleToolSource, googleTools } from "../../../src/google.js";
import { openSession, runToTexts } from "../../support/cells.js";
import { answersOf, contentOf, contentStreamOf, geminiCall } from "../../support/gemini-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
  twoPartProgram,
} from "../../support/scripted-server.js";

const weather = { weather: { execute: () => "rain in Oslo" } };

/** The model's answers, all at once or streamed. */
function stepsWith(answer: (part: object) => object): readonly ScriptedStep[] {
  return [
    () => answer(geminiCall("a", "exec", { code: twoPartProgram })),
    (request) => {
      const cell_id = runningCellOf(answersOf(request));
      return answer(geminiCall("b", "wait", { cell_id }));
    },
    () => answer({ text: "It rains." }),
  ];
}

const steps = stepsWith(contentOf);
const lastAnswers = [
  {
    functionResponse: {
      id: "b",
      name: "wait",
      response: { output: expect.stringMatching(/^Script completed\n.*rain in Oslo$/s) },
    },
  },
  { inlineData: { mimeType: "image/png", data: pixel } },
];

function clientOf(server: ScriptedServer): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: server.origin } });
}

describe("@google/genai", () => {
  test("goes through exec, wait and the answer in a loop of the host", async () => {
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools: weather });
    const { tools, dispatch } = googleTools(session);
    const contents: object[] = [{ role: "user", parts: [{ text: "Rain in Oslo?" }] }];
    const models = clientOf(server).models;
    for (;;) {
      const response = await models.generateContent({
        model: "gemini-3-pro",
        contents,
        config: { tools },
      });
      const parts = await dispatch(response.functionCalls);
      if (parts.length === 0) {
        expect(response.text).toBe("It rains.");
        break;
      }
      contents.push(response.candidates?.[0]?.content ?? {}, { role: "user", parts });
    }
    const [first, , third] = server.requests;
    expect(first?.path).toContain("gemini-3-pro:generateContent");
    expect(first?.body["tools"]).toMatchObject([
      {
        functionDeclarations: [
          { name: "exec", parametersJsonSchema: { required: ["code"] } },
          { name: "wait" },
        ],
      },
    ]);
    expect(third && answersOf(third)).toEqual(lastAnswers);
  });

  test("goes through them with streamed answers, in a loop of the host and by itself", async () => {
    for (const isByItself of [false, true]) {
      await using server = await ScriptedServer.start(stepsWith(contentStreamOf));
      await using session = openSession({ tools: weather });
      const { tools, callable, dispatch } = googleTools(session);
      const contents: object[] = [{ role: "user", parts: [{ text: "Rain in Oslo?" }] }];
      const models = clientOf(server).models;
      let said = "";
      for (let isDone = false; !isDone; ) {
        const stream = await models.generateContentStream({
          model: "gemini-3-pro",
          contents,
          config: { tools: isByItself ? [callable] : tools },
        });
        const parts: object[] = [];
        const answers: object[] = [];
        for await (const { candidates, functionCalls } of stream) {
          const content = candidates?.[0]?.content;
          parts.push(...(content?.parts ?? []));
          if (!isByItself) answers.push(...(await dispatch(functionCalls)));
        }
        isDone = answers.length === 0;
        said = JSON.stringify(parts);
        contents.push({ role: "model", parts }, { role: "user", parts: answers });
      }
      expect(said).toContain("It rains.");
      const [first, , third] = server.requests;
      expect(first?.path).toContain("gemini-3-pro:streamGenerateContent");
      expect(third && answersOf(third)).toMatchObject(lastAnswers);
    }
  });

  test("calls exec and wait by itself", async () => {
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools: weather });
    const response = await clientOf(server).models.generateContent({
      model: "gemini-3-pro",
      contents: "Rain in Oslo?",
      config: {
        tools: [googleTools(session).callable],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
      },
    });
    expect(response.text).toBe("It rains.");
    const third = server.requests[2];
    expect(third && answersOf(third)).toMatchObject(lastAnswers);
  });

  test("has its tools called by cells: schemas with Type, and MCP servers", async () => {
    const server = new McpServer({ name: "sums", version: "1.0.0" });
    server.registerTool("sum", { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({
      content: [{ type: "text", text: String(a + b) }],
    }));
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    const client = new Client({ name: "test", version: "1.0.0" });
    await Promise.all([server.connect(theirs), client.connect(ours)]);
    const functionDeclarations = [
      {
        name: "weather",
        parameters: {
          type: Type.OBJECT,
          properties: { city: { type: Type.STRING, nullable: true } },
        },
      },
    ];
    const tools = await googleToolSource([{ functionDeclarations }, mcpToTool(client)], {
      execute: (_name, input) => `rain in ${(input as { city: string }).city}`,
    });
    const source = `
      text(await tools.weather({ city: "Oslo" }));
      text(await tools.sum({ a: 2, b: 3 }));
      await tools.weather({ city: 7 }).catch((error) => text(error.message));
    `;
    expect(await runToTexts(source, { tools })).toEqual([
      "rain in Oslo",
      "5",
      expect.stringContaining("/city: must be"),
    ]);
    await client.close();
  });
});
