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
import { DurableRuntimes } from "../../support/durable-runtimes.js";
import { callIt, erase } from "../../support/erase-tool.js";
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

interface ShownQuestions {
  readonly approvals: readonly [{ readonly approvalId: string }];
}

/** A graph that runs the tools of a durable session, whose calls of `erase` wait for approval. */
async function approvingGraph(runtimes: DurableRuntimes, checkpointer: MemorySaver) {
  const tool_ = erase("ask");
  const codeMode = await runtimes.next({ tools: { erase: tool_ } });
  const session = codeMode.openSession({ id: "s" });
  const tools = langchainTools(session, { ...core, interrupt }, { sdkApproval: true });
  const graph = toolGraph(tools, checkpointer);
  const config = { configurable: { thread_id: "1" } };
  const invoke = (input: unknown): Promise<unknown> => graph.invoke(input as never, config);
  return { codeMode, session, tool: tool_, invoke };
}

function toolGraph(tools: readonly unknown[], checkpointer: MemorySaver) {
  const state = Annotation.Root({
    messages: Annotation<(AIMessage | ToolMessage)[]>({
      reducer: messagesStateReducer as never,
      default: () => [],
    }),
  });
  return new StateGraph(state)
    .addNode("tools", nodeOf(tools) as never)
    .addEdge("__start__", "tools" as never)
    .compile({ checkpointer });
}

function lastContent(result: unknown): string {
  const { messages } = result as { readonly messages: readonly ToolMessage[] };
  return String(messages.at(-1)?.content);
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
    const graph = toolGraph(langchainTools(session, core), new MemorySaver());
    const config = { configurable: { thread_id: "1" } };
    const code = 'text(await tools.ask({ what: "colour" }));';
    const paused = await graph.invoke({ messages: [callOf("exec", { code })] } as never, config);
    expect(paused).toMatchObject({ __interrupt__: [{ value: { what: "colour" } }] });
    const resumed = await graph.invoke(new Command({ resume: "red" }) as never, config);
    const { messages } = resumed as { readonly messages: readonly ToolMessage[] };
    expect(messages.at(-1)?.content).toMatch(/\ncolour: red$/);
    expect(runs).toBe(2);
  });

  test.each([
    ["runs what a person has approved", { verdict: "approve", by: "ann" }, /\nerased \/a$/],
    ["tells the program what was denied", { verdict: "deny", note: "keep it" }, /keep it/],
  ])(
    "interrupts the graph while a cell waits for approval; resumed in another runtime, it %s",
    async (_what, decision, told) => {
      await using runtimes = new DurableRuntimes();
      const checkpointer = new MemorySaver();
      const first = await approvingGraph(runtimes, checkpointer);
      const { cellId } = await first.session.exec(callIt, { yieldOnApproval: true });
      const paused = await first.invoke({ messages: [callOf("wait", { cell_id: cellId })] });
      const [{ value }] = (paused as { __interrupt__: [{ value: ShownQuestions }] }).__interrupt__;
      expect(value.approvals).toMatchObject([{ cellId, tool: "erase", input: { path: "/a" } }]);

      const second = await approvingGraph(runtimes, checkpointer);
      const [{ approvalId }] = value.approvals;
      const resumed = await second.invoke(new Command({ resume: { [approvalId]: decision } }));
      expect(lastContent(resumed)).toMatch(told);
      expect(first.tool.runs).toEqual([]);
      expect(second.tool.runs).toEqual(decision.verdict === "approve" ? [{ path: "/a" }] : []);
    },
  );

  test.each([
    ["approve", /"resume" must be a decision for each question/],
    [{ verdict: "approve" }, /asked no question with the id "verdict"/],
    [{ "another-q": { verdict: "approve" } }, /asked no question with the id "another-q"/],
  ])("decides nothing where a graph is resumed with %j", async (resume, told) => {
    await using runtimes = new DurableRuntimes();
    const graph = await approvingGraph(runtimes, new MemorySaver());
    const { cellId } = await graph.session.exec(callIt, { yieldOnApproval: true });
    await graph.invoke({ messages: [callOf("wait", { cell_id: cellId })] });
    expect(lastContent(await graph.invoke(new Command({ resume })))).toMatch(told);
    expect(graph.tool.runs).toEqual([]);
    expect(await graph.codeMode.approvals()).toHaveLength(1);
  });

  test("sdkApproval needs a store, and LangGraph's interrupt", async () => {
    await using session = openSession();
    const refused = expect.objectContaining({ code: "ERR_INVALID_OPTION" });
    const withInterrupt = { ...core, interrupt };
    expect(() => langchainTools(session, withInterrupt, { sdkApproval: true })).toThrow(refused);
    await using runtimes = new DurableRuntimes();
    const durable = (await runtimes.next()).openSession();
    expect(() => langchainTools(durable, core, { sdkApproval: true })).toThrow(refused);
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
