import { createOpenAI } from "@ai-sdk/openai";
import * as sdk from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { aiToolSource, aiTools } from "../../../src/ai.js";
import { openSession, runToTexts } from "../../support/cells.js";
import { DurableRuntimes } from "../../support/durable-runtimes.js";
import {
  functionCall,
  message,
  outputOf,
  responseOf,
  streamOf,
} from "../../support/responses-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
  twoPartProgram,
} from "../../support/scripted-server.js";

const { generateText, streamText, tool } = sdk;
const version = versionOf(sdk);
/** Until version 6 it has another name. */
const isStepCount = functionOf("isStepCount", "stepCountIs");
const prompt = "How is the weather in Oslo?";

function versionOf(names: object): 5 | 6 | 7 {
  if ("isStepCount" in names) return 7;
  return "ToolLoopAgent" in names ? 6 : 5;
}

function functionOf(...names: readonly string[]): (count: number) => never {
  const found = names.map((name) => (sdk as Readonly<Record<string, unknown>>)[name]);
  return found.find((value) => typeof value === "function") as (count: number) => never;
}

function modelAt(server: ScriptedServer): never {
  const provider = createOpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none" });
  return provider.responses("gpt-5.5") as never;
}

interface Photo {
  readonly of: string;
}

const weather = tool({
  description: "The weather in a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }: { city: string }) => `rain in ${city}`,
} as never);

function stepsWith(answerOf: (...items: object[]) => object): readonly ScriptedStep[] {
  return [
    () => answerOf(functionCall("call_1", "exec", { code: twoPartProgram })),
    (request) => {
      const cell_id = runningCellOf(outputOf(request, "call_1"));
      return answerOf(functionCall("call_2", "wait", { cell_id }));
    },
    () => answerOf(message("It rains.")),
  ];
}

/** The first providers of version 5 send anything but text as JSON. */
function expectImage(output: unknown): void {
  const shown = JSON.stringify(output);
  expect(shown).toContain("rain in Oslo");
  expect(shown).toContain(pixel);
}

describe("the AI SDK", () => {
  test("generates text with exec and wait, image included", async () => {
    await using server = await ScriptedServer.start(stepsWith(responseOf));
    await using session = openSession({ tools: aiToolSource({ weather } as never) });
    const { text } = await generateText({
      model: modelAt(server),
      tools: aiTools(session) as never,
      stopWhen: isStepCount(10),
      maxRetries: 0,
      prompt,
    });
    expect(text).toBe("It rains.");
    const [first, , third] = server.requests;
    expect(first?.body["tools"]).toMatchObject([
      { name: "exec", parameters: { required: ["code"] } },
      { name: "wait", parameters: { required: ["cell_id"] } },
    ]);
    expectImage(third && outputOf(third, "call_2"));
  });

  test("streams with exec and wait", async () => {
    await using server = await ScriptedServer.start(stepsWith(streamOf));
    await using session = openSession({ tools: aiToolSource({ weather } as never) });
    const errors: unknown[] = [];
    const result = streamText({
      model: modelAt(server),
      onError: ({ error }) => void errors.push(error),
      tools: aiTools(session) as never,
      stopWhen: isStepCount(10),
      maxRetries: 0,
      prompt,
    });
    // The first version never settles its promises unless the stream is read.
    let text = "";
    for await (const piece of result.textStream) text += piece;
    expect(errors).toEqual([]);
    expect(text).toBe("It rains.");
    const third = server.requests[2];
    expectImage(third && outputOf(third, "call_2"));
  });

  test("gives cells the images that its tools make for a model", async () => {
    const part = {
      5: { type: "media", data: pixel, mediaType: "image/png" },
      6: { type: "image-data", data: pixel, mediaType: "image/png" },
      7: { type: "file", mediaType: "image/png", data: { type: "data", data: pixel } },
    }[version];
    const toModelOutput = (given: { readonly output: Photo } | Photo) => {
      const { of } = "output" in given ? given.output : given;
      if (of === "nothing") return { type: "json", value: { of } };
      return { type: "content", value: [{ type: "text", text: `A photo of ${of}.` }, part] };
    };
    const inputSchema = z.object({ of: z.string() });
    const photo = tool({
      inputSchema,
      execute: ({ of }: Photo) => ({ of }),
      toModelOutput,
    } as never);
    const stream = tool({
      inputSchema,
      async *execute({ of }: Photo) {
        yield { of: "nothing" };
        yield { of };
      },
      toModelOutput,
    } as never);
    const tools = aiToolSource({ photo, stream } as never);
    const source = `
      for (const take of [tools.photo, tools.stream]) {
        const { of, content: blocks } = await take({ of: "Oslo" });
        text(of);
        content(blocks);
        text(await take({ of: "nothing" }));
      }`;
    const texts = ["Oslo", "A photo of Oslo.", "image", '{"of":"nothing"}'];
    expect(await runToTexts(source, { tools })).toEqual([...texts, ...texts]);
  });

  test("marks what has failed", async () => {
    await using session = openSession();
    const { exec } = aiTools(session);
    const input = { code: 'throw new Error("no");' };
    const output = await exec.execute?.(input, { toolCallId: "a", messages: [] } as never);
    const given = version === 5 ? output : { toolCallId: "a", input, output };
    expect(await exec.toModelOutput?.(given as never)).toEqual({
      type: "error-text",
      value: expect.stringMatching(/^Script failed\n.*Error: no/s),
    });
  });

  test("gives tools of the cell the context of the run", async () => {
    const seen: unknown[] = [];
    const who = tool({
      inputSchema: z.object({}),
      execute: (_input: object, options: Record<string, unknown>) => {
        seen.push(version === 7 ? options["context"] : options["experimental_context"]);
        return "known";
      },
    } as never);
    await using server = await ScriptedServer.start([
      () => responseOf(functionCall("call_1", "exec", { code: "text(await tools.who({}));" })),
      () => responseOf(message("Ada.")),
    ]);
    await using session = openSession({ tools: aiToolSource({ who } as never) });
    const user = { user: "Ada" };
    await generateText({
      model: modelAt(server),
      tools: aiTools(session) as never,
      stopWhen: isStepCount(10),
      maxRetries: 0,
      prompt,
      ...((version === 7
        ? { toolsContext: { exec: user } }
        : { experimental_context: user }) as object),
    });
    // The first releases of version 5 have none.
    expect(seen).toEqual([process.env["WITHOUT_CONTEXT"] ? undefined : user]);
  });

  test("asks for approval of what its tools want it for", async () => {
    let runs = 0;
    const erase = tool({
      inputSchema: z.object({ path: z.string() }),
      needsApproval: ({ path }: { path: string }) => path !== "/tmp",
      execute: () => {
        runs += 1;
        return "erased";
      },
    } as never);
    const program = `
      for (const path of ["/tmp", "/a", "/b"]) {
        await tools.erase({ path }).then(text, (error) => text(error.message));
      }
    `;
    const texts = await runToTexts(program, {
      tools: aiToolSource({ erase } as never),
      onApproval: ({ input }) => (input as { path: string }).path === "/a",
    });
    expect(texts).toEqual([
      "erased",
      "erased",
      'The tool "erase" was not called: approval was refused.',
    ]);
    expect(runs).toBe(2);
  });

  test.skipIf(version === 5)("asks a person by its own requests about a durable cell", async () => {
    await using runtimes = new DurableRuntimes();
    await using server = await ScriptedServer.start([
      () => {
        const code = 'text(await tools.erase({ path: "/a" }));';
        return responseOf(functionCall("call_1", "exec", { code }));
      },
      (request) => {
        const [, cell_id] = /cell ID (\S+)/.exec(String(outputOf(request, "call_1"))) ?? [];
        return responseOf(functionCall("call_2", "wait", { cell_id }));
      },
      (request) => responseOf(message(`I read: ${outputOf(request, "call_2")}`)),
    ]);
    const messages: unknown[] = [{ role: "user", content: "Erase /a." }];
    const turn = async (): Promise<string> => {
      const erase = { approval: "ask", execute: () => "erased /a" } as const;
      const session = (await runtimes.next({ tools: { erase } })).openSession({ id: "s" });
      const { text, response } = await generateText({
        model: modelAt(server),
        tools: aiTools(session, { sdkApproval: true }) as never,
        stopWhen: isStepCount(10),
        maxRetries: 0,
        messages: messages as never,
      });
      messages.push(...JSON.parse(JSON.stringify(response.messages)));
      return text;
    };
    await turn();
    const { content } = messages.at(-1) as { content: readonly Record<string, unknown>[] };
    expect(content.find(({ type }) => type === "tool-call")).toMatchObject({
      input: { approval: { tool: "erase", input: { path: "/a" } } },
    });
    const request = content.find(({ type }) => type === "tool-approval-request");
    const { approvalId } = request as { approvalId: string };
    const response = { type: "tool-approval-response", approvalId, approved: true };
    messages.push({ role: "tool", content: [response] });
    expect(await turn()).toMatch(/Script completed\n.*\nerased \/a$/s);
  });

  test("ends a cell when the run is aborted", async () => {
    await using server = await ScriptedServer.start([
      () => responseOf(functionCall("call_1", "exec", { code: "for (;;) {}" })),
      () => responseOf(message("Too late.")),
    ]);
    await using session = openSession();
    const abort = new AbortController();
    const ended: unknown[] = [];
    const tools = aiTools(session, {
      onEvent: (event) => {
        if (event.type === "started") abort.abort();
        if (event.type === "ended") ended.push(event.outcome.status);
      },
    });
    await generateText({
      model: modelAt(server),
      tools: tools as never,
      stopWhen: isStepCount(10),
      maxRetries: 0,
      abortSignal: abort.signal,
      prompt,
    }).catch(() => undefined);
    expect(ended).toEqual(["terminated"]);
  });
});
