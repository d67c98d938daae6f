import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import {
  Annotation,
  Command,
  interrupt,
  MemorySaver,
  messagesStateReducer,
  StateGraph,
} from "@langchain/langgraph";
import { createReactAgent, ToolNode } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { langchainToolSource, langchainTools } from "../../../src/langchain.js";
import { openSession } from "../../support/cells.js";
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

const core = { tool, ToolMessage } as never as Parameters<typeof langchainTools>[1];

interface Config {
  readonly configurable?: Readonly<Record<string, unknown>>;
}

const weather = tool(
  async ({ city }: { city: string }, config: Config) =>
    `rain in ${city} for ${config.configurable?.["user"]}`,
  {
    name: "weather",
    description: "The weather in a city.",
    schema: z.object({ city: z.string() }),
  },
);

/** Answers calls of tools as LangGraph does. */
function nodeOf(tools: readonly unknown[]): ToolNode {
  return new ToolNode(tools as never);
}

function callOf(name: string, args: object): AIMessage {
  return new AIMessage({
    content: "",
    tool_calls: [{ id: "a", name, args, type: "tool_call" }],
  } as never);
}

async function answerOf(
  node: ToolNode,
  call: AIMessage,
  config: object = {},
): Promise<ToolMessage> {
  const { messages } = await node.invoke({ messages: [call] }, config);
  return messages[0];
}

describe("LangChain", () => {
  test.each([
    ["whole", false],
    ["streamed", true],
  ])(
    "takes an agent through exec, wait and its answer, with config and image, with %s answers",
    async (_how, stream) => {
      const answer = stream ? streamOf : responseOf;
      const steps: readonly ScriptedStep[] = [
        () => answer(functionCall("a", "exec", { code: twoPartProgram })),
        (request) => {
          const cell_id = runningCellOf(outputOf(request, "a"));
          return answer(functionCall("b", "wait", { cell_id }));
        },
        () => answer(message("It rains.")),
      ];
      await using server = await ScriptedServer.start(steps);
      await using session = openSession({ tools: langchainToolSource([weather as never]) });
      const llm = new ChatOpenAI({
        model: "gpt-5.5",
        apiKey: "none",
        useResponsesApi: true,
        maxRetries: 0,
        configuration: { baseURL: `${server.origin}/v1` },
      });
      const tools = langchainTools(session, core) as never;
      const agent = createReactAgent({ llm: llm as never, tools });
      const asked = { messages: [new HumanMessage("Rain in Oslo?")] };
      const configurable = { user: "Ada" };
      const said: string[] = [];
      if (stream) {
        const pieces = await agent.stream(asked, { configurable, streamMode: "messages" });
        for await (const [piece] of pieces) said.push(piece.text);
      } else {
        const { messages } = await agent.invoke(asked, { configurable });
        said.push(messages.at(-1)?.text ?? "");
      }
      expect(said.join("")).toContain("It rains.");
      const third = server.requests[2];
      expect(third?.body["stream"] ?? false).toBe(stream);
      const output = JSON.stringify(third && outputOf(third, "b"));
      expect(output).toContain("rain in Oslo for Ada");
      expect(output).toContain(`data:image/png;base64,${pixel}`);
    },
  );

  test("marks what has failed, with the id of the call", async () => {
    await using session = openSession();
    const node = nodeOf(langchainTools(session, core));
    const failed = await answerOf(node, callOf("exec", { code: 'throw new Error("no");' }));
    expect(failed).toMatchObject({ status: "error", tool_call_id: "a", name: "exec" });
    expect(failed.content).toMatch(/^Script failed\n.*Error: no/s);
    const done = await answerOf(node, callOf("exec", { code: 'text("done");' }));
    expect(done).toMatchObject({ status: "success", tool_call_id: "a" });
    const wrong = await answerOf(node, callOf("exec", { source: "1" }));
    expect(wrong).toMatchObject({ status: "error" });
    expect(wrong.content).toContain("code");
  });

  test("has tools in cells judge inputs once, reject, and show up in callbacks under the run", async () => {
    const echo = tool(async ({ said }: { said: string }) => ({ said }), {
      name: "echo",
      description: "",
      schema: z.object({ said: z.string().transform((said) => `${said}!`) }),
    });
    const fails = tool(
      async () => {
        throw new Error("out of order");
      },
      { name: "fails", description: "", schema: z.object({}) },
    );
    const started: string[] = [];
    const tools = langchainToolSource([echo, fails] as never);
    await using session = openSession({ tools });
    const code = `
      text(await tools.echo({ said: "ah" }));
      for (const call of [() => tools.fails({}), () => tools.echo({ said: 7 })]) {
        await call().catch((error) => text(error.message));
      }
    `;
    const callbacks = [
      {
        handleToolStart: (_tool: unknown, _input: string, ...rest: unknown[]) => {
          started.push(String(rest[4]));
        },
      },
    ];
    const node = nodeOf(langchainTools(session, core));
    const { content } = await answerOf(node, callOf("exec", { code }), { callbacks });
    expect(content).toMatch(/\n\{"said":"ah!"\}\nout of order\n.*\/said: /s);
    expect(started).toEqual(["exec", "echo", "fails"]);
  });

  test("interrupts the graph from a tool in a cell, and resumes it", async () => {
    let runs = 0;
    const ask = tool(
      async ({ what }: { what: string }) => {
        runs += 1;
        return `${what}: ${interrupt({ what })}`;
      },
      { name: "ask", description: "", schema: z.object({ what: z.string() }) },
    );
    await using session = openSession({ tools: langchainToolSource([ask as never]) });
    const state = Annotation.Root({
      messages: Annotation<(AIMessage | ToolMessage)[]>({
        reducer: messagesStateReducer as never,
        default: () => [],
      }),
    });
    const graph = new StateGraph(state)
      .addNode("tools", nodeOf(langchainTools(session, core)) as never)
      .addEdge("__start__", "tools" as never)
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: "1" } };
    const code = 'text(await tools.ask({ what: "colour" }));';
    const paused = await graph.invoke({ messages: [callOf("exec", { code })] } as never, config);
    expect(paused).toMatchObject({ __interrupt__: [{ value: { what: "colour" } }] });
    const resumed = await graph.invoke(new Command({ resume: "red" }) as never, config);
    const { messages } = resumed as { readonly messages: readonly ToolMessage[] };
    expect(messages.at(-1)?.content).toMatch(/\ncolour: red$/);
    expect(runs).toBe(2);
  });

  test("asks the handler of the tools about calls that need approval", async () => {
    const erase = { approval: "ask" as const, execute: () => "erased" };
    await using session = openSession({ tools: { erase } });
    const onApproval = ({ tool: name }: { tool: string }): boolean => name === "erase";
    const node = nodeOf(langchainTools(session, core, { onApproval }));
    const call = callOf("exec", { code: "text(await tools.erase());" });
    expect((await answerOf(node, call)).content).toMatch(/\nerased$/);
  });

  test("ends a cell when the run is aborted", async () => {
    const ended: unknown[] = [];
    const abort = new AbortController();
    await using session = openSession({
      onEvent: (event) => {
        if (event.type === "started") abort.abort();
        if (event.type === "ended") ended.push(event.outcome.status);
      },
    });
    const [exec] = langchainTools(session, core) as {
      invoke(...given: unknown[]): Promise<unknown>;
    }[];
    const { signal } = abort;
    // Since its first version LangChain does not wait for what an aborted call gives.
    await exec?.invoke({ code: "for (;;) {}" }, { signal }).catch(() => undefined);
    await session.close();
    expect(ended).toEqual(["terminated"]);
  });
});
