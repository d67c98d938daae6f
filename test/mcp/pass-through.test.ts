import {
  type CallToolResult,
  Client,
  UrlElicitationRequiredError,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asItCame } from "../../src/mcp/as-it-came.js";
import { mcpResultValue } from "../../src/mcp.js";
import { Workspace } from "../support/cli.js";
import { type Era, eras, gatewayTransport } from "../support/gateway.js";
import { LineWatch, registryServer } from "../support/mcp.js";

// The official "everything" server, spoken to directly and through `codecell mcp`: a client gets the same.

type Call = (tool: string, input: object, onProgress?: () => void) => Promise<unknown>;

/** A client of either, and what it was told and asked. */
interface Side {
  readonly client: Client;
  readonly call: Call;
  readonly asked: { readonly method: string; readonly params: unknown }[];
  readonly heard: LineWatch;
}

const workspace = new Workspace();
const everything = registryServer("everything");
const sides: Side[] = [];

afterAll(async () => {
  await Promise.all(sides.map(({ client }) => client.close()));
  workspace[Symbol.dispose]();
});

describe.each(eras)("a %s client gets through codecell mcp what it gets directly:", (era) => {
  let direct: Side;
  let through: Side;

  beforeAll(async () => {
    const config = workspace.config({ everything });
    const transport = new StdioClientTransport({
      command: everything.command,
      args: [...(everything.args ?? [])],
      stderr: "ignore",
    });
    direct = await open("legacy", transport, callDirectly);
    through = await open(era, gatewayTransport(["--config", config]));
    sides.push(direct, through);
  });

  test.each([
    ["echo", { message: "hello" }],
    ["get-sum", { a: 1, b: 2 }],
    ["get-structured-content", { location: "Chicago" }],
    ["get-annotated-message", { messageType: "error", includeImage: true }],
    ["get-tiny-image", {}],
    ["get-resource-links", { count: 3 }],
  ])("results of tools: %s", async (tool, input) => {
    expect(await through.call(tool, input)).toEqual(await direct.call(tool, input));
  });

  test("prompts, with their titles under the server's name", async () => {
    const { prompts } = await direct.client.listPrompts();
    expect(prompts.length).toBeGreaterThan(2);
    expect((await through.client.listPrompts()).prompts).toEqual(
      prompts.map((prompt) => ({
        ...prompt,
        name: `everything_${prompt.name}`,
        title: `everything: ${prompt.title ?? prompt.name}`,
      })),
    );
    for (const params of [
      { name: "simple-prompt" },
      { name: "args-prompt", arguments: { city: "Bern", state: "BE" } },
    ]) {
      const own = await direct.client.getPrompt(params);
      const passed = { ...params, name: `everything_${params.name}` };
      expect(withoutMeta(await through.client.getPrompt(passed))).toEqual(own);
    }
    await expect(through.client.getPrompt({ name: "simple-prompt" })).rejects.toThrow(
      'There is no prompt "simple-prompt".',
    );
  });

  test("resources and templates of them, under their own URIs", async () => {
    const titled = (entry: { name: string; title?: string | undefined }) => ({
      ...entry,
      title: `everything: ${entry.title ?? entry.name}`,
    });
    const { resources } = await direct.client.listResources();
    expect(resources.length).toBeGreaterThan(2);
    expect((await through.client.listResources()).resources).toEqual(resources.map(titled));
    const { resourceTemplates } = await direct.client.listResourceTemplates();
    expect(resourceTemplates.length).toBeGreaterThan(1);
    expect((await through.client.listResourceTemplates()).resourceTemplates).toEqual(
      resourceTemplates.map(titled),
    );
    const uri = resources[0]?.uri ?? "";
    const { contents } = await direct.client.readResource({ uri });
    expect((await through.client.readResource({ uri })).contents).toEqual(contents);
    await expect(through.client.readResource({ uri: "demo://none" })).rejects.toThrow(
      /demo:\/\/none/,
    );
  });

  test("completion of arguments of prompts and templates", async () => {
    const reference = { type: "ref/prompt", name: "completable-prompt" } as const;
    const argument = { name: "name", value: "" };
    const context = { arguments: { department: "Sales" } };
    const { completion } = await direct.client.complete({ ref: reference, argument, context });
    expect(completion.values.length).toBeGreaterThan(1);
    const passed = { ...reference, name: "everything_completable-prompt" };
    expect((await through.client.complete({ ref: passed, argument, context })).completion).toEqual(
      completion,
    );
    const template = {
      ref: { type: "ref/resource", uri: "demo://resource/dynamic/text/{resourceId}" },
      argument: { name: "resourceId", value: "7" },
    } as const;
    const ofTemplate = (await direct.client.complete(template)).completion;
    expect((await through.client.complete(template)).completion).toEqual(ofTemplate);
  });

  test.each([
    ["elicitation", "trigger-elicitation-request", {}],
    ["sampling", "trigger-sampling-request", { prompt: "a haiku", maxTokens: 20 }],
    ["roots", "get-roots-list", {}],
    [
      "a page to open",
      "trigger-url-elicitation",
      { url: "https://a.test/", message: "Open it", elicitationId: "one" },
    ],
  ])("what the server asks for: %s", async (_what, tool, input) => {
    const own = await direct.call(tool, input);
    expect(await through.call(tool, input)).toEqual(own);
    expect(through.asked.at(-1)).toEqual(direct.asked.at(-1));
  });

  test("the error that asks for a page to be opened first", async () => {
    const input = { url: "https://b.test/", message: "Open it", errorPath: true };
    const required = await direct.call("trigger-url-elicitation", input).then(
      () => undefined,
      (error: UrlElicitationRequiredError) => error,
    );
    expect(required).toBeInstanceOf(UrlElicitationRequiredError);
    const own = await direct.call("trigger-url-elicitation", input);
    expect(withoutIds(await through.call("trigger-url-elicitation", input))).toBe(withoutIds(own));
    // The client asks its person by itself where it gets the error.
    const [page, ...pages] = required?.elicitations ?? [];
    expect(pages).toEqual([]);
    expect(through.asked.at(-2)).toEqual({ method: "elicitation/create", params: paramsOf(page) });
    expect(through.asked.at(-1)).toEqual(direct.asked.at(-1));
  });

  test("the result of a tool that runs as a task, which asks for something", async () => {
    const input = { topic: "bees", ambiguous: true };
    const [own, passed] = await Promise.all([
      callTask(direct.client, "simulate-research-query", input),
      through.call("simulate-research-query", input),
    ]);
    expect(passed).toEqual(own);
    expect(through.asked.at(-1)).toEqual(direct.asked.at(-1));
  });

  test("progress", async () => {
    let steps = 0;
    const input = { duration: 0.2, steps: 2 };
    const own = await direct.call("trigger-long-running-operation", input);
    const onProgress = (): void => {
      steps += 1;
    };
    expect(await through.call("trigger-long-running-operation", input, onProgress)).toEqual(own);
    expect(steps).toBeGreaterThan(0);
  });

  test("a resource that a call has made, and news of it", async () => {
    const text = "data:text/plain,hello";
    const input = { name: "hello.gz", data: text, outputType: "resourceLink" };
    for (const side of [direct, through]) {
      const changed = side.heard.seen("resources/list_changed");
      await side.call("gzip-file-as-resource", input);
      await changed;
    }
    const uri = "demo://resource/session/hello.gz";
    const { contents } = await direct.client.readResource({ uri });
    expect((await through.client.readResource({ uri })).contents).toEqual(contents);
  });
});

test("a client with a session is told of log messages and updated resources as if it were alone", async () => {
  const uri = "demo://resource/dynamic/text/1";
  const config = workspace.config({ everything });
  const side = await open("legacy", gatewayTransport(["--config", config]));
  sides.push(side);
  await side.client.setLoggingLevel("debug");
  await side.client.subscribeResource({ uri });
  await side.heard.seen(`everything: Received Subscribe Resource request for URI: ${uri}`);
  await side.call("toggle-subscriber-updates", {});
  await side.heard.seen(`resources/updated ${uri}`);
  await side.call("toggle-simulated-logging", {});
  await side.heard.seen("-level message");
  await side.client.unsubscribeResource({ uri });
  await side.heard.seen("Received Unsubscribe Resource request");
});

test("a client of 2026-07-28 is told of the resources that it listens to", async () => {
  const uri = "demo://resource/dynamic/text/2";
  const config = workspace.config({ everything });
  const side = await open("modern", gatewayTransport(["--config", config]));
  sides.push(side);
  await side.client.listen({ resourceSubscriptions: [uri] });
  await side.call("toggle-subscriber-updates", {});
  await side.heard.seen(`resources/updated ${uri}`);
});

test("a server is told only what its client can be asked for", async () => {
  const config = workspace.config({ everything });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(gatewayTransport(["--config", config]));
  const call = callThrough(client);
  await expect(call("trigger-sampling-request", { prompt: "", maxTokens: 1 })).rejects.toThrow(
    /mcp__everything__trigger_sampling_request/,
  );
  await client.close();
});

async function open(
  era: Era,
  transport: StdioClientTransport,
  call: (client: Client) => Call = callThrough,
): Promise<Side> {
  const asked: Side["asked"] = [];
  const heard = new LineWatch();
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      capabilities: {
        elicitation: { form: {}, url: {} },
        sampling: {},
        roots: { listChanged: true },
      },
      versionNegotiation: { mode: era === "legacy" ? "legacy" : "auto" },
      listChanged: {
        resources: {
          autoRefresh: false,
          debounceMs: 0,
          onChanged: () => heard.push("resources/list_changed"),
        },
      },
    },
  );
  client.setRequestHandler("elicitation/create", async ({ method, params }) => {
    asked.push({ method, params: paramsOf(params) });
    if (params.mode === "url") return { action: "accept" };
    return { action: "accept", content: { name: "Ann", check: true, interpretation: "technical" } };
  });
  client.setRequestHandler("sampling/createMessage", async ({ method, params }) => {
    asked.push({ method, params: withoutMeta(params) });
    return { role: "assistant", model: "model", content: { type: "text", text: "sampled" } };
  });
  client.setRequestHandler("roots/list", async () => ({
    roots: [{ uri: "file:///srv/data", name: "data" }],
  }));
  client.setNotificationHandler("notifications/message", ({ params }) => {
    heard.push(`${params.logger}: ${params.data}`);
  });
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
    heard.push(`resources/updated ${params.uri}`);
  });
  await client.connect(transport);
  return {
    client,
    call: call(client),
    asked,
    heard,
  };
}

/** As a client does that knows of tasks. */
async function callTask(client: Client, name: string, input: object): Promise<unknown> {
  const begun = await client.request(
    { method: "tools/call", params: { name, arguments: { ...input }, task: {} } },
    asItCame,
  );
  const { taskId } = begun["task"] as { taskId: string };
  return mcpResultValue(
    await client.request({ method: "tasks/result", params: { taskId } }, asItCame),
  );
}

function callDirectly(client: Client): Call {
  return async (name, input) =>
    mcpResultValue(await client.callTool({ name, arguments: { ...input } }));
}

/** By a program, which hands out the value that it gets. */
function callThrough(client: Client): Call {
  return async (tool, input, onProgress) => {
    const name = `mcp__everything__${tool.replaceAll("-", "_")}`;
    const code = `text(JSON.stringify(await tools.${name}(${JSON.stringify(input)})))`;
    const { content, isError } = (await client.callTool(
      { name: "exec", arguments: { code } },
      onProgress && { onprogress: onProgress },
    )) as CallToolResult;
    const [, block] = content;
    const text = block?.type === "text" ? block.text : "";
    if (isError) throw new Error(text);
    return JSON.parse(text);
  };
}

/** Without ids that each elicitation has of its own, or has not since 2026-07-28. */
function paramsOf(params: object | undefined): object {
  const { elicitationId, ...rest } = withoutMeta(params ?? {}) as Record<string, unknown>;
  return rest;
}

function withoutIds(text: unknown): string {
  return String(text).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");
}

function withoutMeta(value: object): object {
  const { _meta, ttlMs, cacheScope, ...rest } = value as Record<string, unknown>;
  return rest;
}
