import OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { describe, expect, test } from "vitest";
import type { ToolContext } from "../../src/index.js";
import { type OpenAIChatTools, openaiChatTools } from "../../src/openai.js";
import { openSession } from "../support/cells.js";
import { chatCall, chatResultOf, completionOf } from "../support/chat-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  sound,
  twoPartProgram,
} from "../support/scripted-server.js";

const weather = { weather: { execute: async () => "rain in Oslo" } };

/** The loop of a host: asks, answers the calls, and asks again until there are none. */
async function answerOf(
  server: ScriptedServer,
  code: OpenAIChatTools,
  path = "/v1",
): Promise<string | null> {
  const client = new OpenAI({ baseURL: server.origin + path, apiKey: "none", maxRetries: 0 });
  const { tools, dispatch } = code;
  const messages: ChatCompletionMessageParam[] = [{ role: "user", content: "Rain in Oslo?" }];
  for (;;) {
    const { choices } = await client.chat.completions.create({ model: "gpt-5.5", tools, messages });
    const message = choices[0]?.message;
    if (message === undefined) throw new Error("There is no choice.");
    const answers = await dispatch(message);
    if (answers.length === 0) return message.content;
    messages.push(message, ...answers);
  }
}

describe("openaiChatTools", () => {
  test("take a model through exec, wait and its answer, image included", async () => {
    await using server = await ScriptedServer.start([
      () => completionOf({ tool_calls: [chatCall("a", "exec", { code: twoPartProgram })] }),
      (request) => {
        const cell_id = runningCellOf(chatResultOf(request, "a"));
        return completionOf({ tool_calls: [chatCall("b", "wait", { cell_id })] });
      },
      () => completionOf({ content: "It rains." }),
    ]);
    await using session = openSession({ tools: weather });
    expect(await answerOf(server, openaiChatTools(session))).toBe("It rains.");
    const [first, second, third] = server.requests;
    expect(first?.path).toBe("/v1/chat/completions");
    expect(first?.body["tools"]).toMatchObject([
      {
        type: "function",
        function: {
          name: "exec",
          description: expect.stringContaining("weather(args?: unknown)"),
          parameters: { required: ["code"] },
        },
      },
      { type: "function", function: { name: "wait" } },
    ]);
    expect(second && chatResultOf(second, "a")).toMatch(/^Script running.*\nbegun$/s);
    const messages = third?.body["messages"] as readonly object[];
    expect(messages.slice(-2)).toEqual([
      {
        role: "tool",
        tool_call_id: "b",
        content: expect.stringMatching(
          /^Script completed\n.*rain in Oslo\n\[image 1 of this call: in the user's next message\]$/s,
        ),
      },
      {
        role: "user",
        content: [
          { type: "text", text: "Images that the tool call b gave:" },
          {
            type: "image_url",
            image_url: { url: `data:image/png;base64,${pixel}`, detail: "high" },
          },
        ],
      },
    ]);
  });

  test("take a model through them behind a server that answers with the least of fields", async () => {
    const bare = (message: object): object => ({ choices: [{ message }] });
    const call = (id: string, name: string, args: unknown): object => ({
      id,
      function: { name, arguments: args },
    });
    await using server = await ScriptedServer.start([
      () =>
        bare({
          tool_calls: [
            { id: "s", type: "web_search" },
            { id: "n", function: null },
            call("a", "exec", { code: twoPartProgram }),
            call("e", "exec", ""),
          ],
        }),
      (request) => {
        const cell_id = runningCellOf(chatResultOf(request, "a"));
        return bare({ tool_calls: [call("b", "wait", JSON.stringify({ cell_id }))] });
      },
      () => bare({ content: "It rains.", tool_calls: [] }),
    ]);
    await using session = openSession({ tools: weather });
    const code = openaiChatTools(session, { media: false });
    expect(await answerOf(server, code, "/compatible/api")).toBe("It rains.");
    const [first, second, third] = server.requests;
    expect(first?.path).toBe("/compatible/api/chat/completions");
    expect(second && chatResultOf(second, "e")).toContain("exec takes a JSON object");
    expect(third && chatResultOf(third, "b")).toMatch(/rain in Oslo\n\[image left out: /);
    const messages = (third?.body["messages"] ?? []) as readonly { readonly role?: string }[];
    const roles = messages.map(({ role }) => role);
    expect(roles).toEqual(["user", undefined, "tool", "tool", undefined, "tool"]);
  });

  test("answer several calls in their order, images last, and pass over what is not theirs", async () => {
    await using session = openSession();
    const { dispatch } = openaiChatTools(session);
    const code = `image("data:image/png;base64,${pixel}", "original");`;
    const answers = await dispatch({
      tool_calls: [
        chatCall("a", "exec", { code }),
        chatCall("b", "search", {}),
        chatCall("c", "exec", { code: 'throw new Error("no");' }),
        chatCall("d", "exec", { code: `audio("${sound}");` }),
      ],
    });
    expect(answers).toEqual([
      { role: "tool", tool_call_id: "a", content: expect.stringContaining("[image 1 of") },
      { role: "tool", tool_call_id: "c", content: expect.stringMatching(/^Script failed\n/) },
      { role: "tool", tool_call_id: "d", content: expect.stringContaining("[sound left out: ") },
      {
        role: "user",
        content: [
          { type: "text", text: "Images that the tool call a gave:" },
          { type: "image_url", image_url: expect.objectContaining({ detail: "high" }) },
        ],
      },
    ]);
  });

  test("send no images with media: false, and the text says so", async () => {
    await using session = openSession();
    const { dispatch } = openaiChatTools(session, { media: false });
    const code = `image("data:image/png;base64,${pixel}");`;
    expect(await dispatch({ tool_calls: [chatCall("a", "exec", { code })] })).toEqual([
      { role: "tool", tool_call_id: "a", content: expect.stringContaining("[image left out: ") },
    ]);
  });

  test("make exec a custom tool where that is wanted", async () => {
    await using session = openSession();
    const { tools, dispatch } = openaiChatTools(session, { freeform: true });
    expect(tools[0]).toMatchObject({
      type: "custom",
      custom: {
        name: "exec",
        format: { type: "grammar", grammar: { syntax: "lark", definition: expect.any(String) } },
      },
    });
    const custom = { name: "exec", input: 'text("ran");' };
    expect(await dispatch({ tool_calls: [{ type: "custom", id: "a", custom }] })).toEqual([
      { role: "tool", tool_call_id: "a", content: expect.stringMatching(/\nran$/) },
    ]);
  });

  test("give the context of the call to tools, and answer nothing where nothing is called", async () => {
    const seen: unknown[] = [];
    const look = { execute: (_: unknown, { context }: ToolContext) => void seen.push(context) };
    await using session = openSession({ tools: { look } });
    const { dispatch } = openaiChatTools(session);
    const call = chatCall("a", "exec", { code: "await tools.look();" });
    await dispatch({ tool_calls: [call] }, { context: "Ada" });
    expect(seen).toEqual(["Ada"]);
    expect(await dispatch({ tool_calls: null })).toEqual([]);
    expect(await dispatch({})).toEqual([]);
  });
});
