import { Client, UrlElicitationRequiredError } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workspace } from "../support/cli.js";
import { eras, gatewayTransport } from "../support/gateway.js";
import { registryServer } from "../support/mcp.js";
import {
  callDirectly,
  callTask,
  callThrough,
  directTransport,
  openSide,
  paramsOf,
  type Side,
  withoutIds,
  withoutMeta,
} from "../support/sides.js";

// The official "everything" server, spoken to directly and through `codecell mcp`: a client gets the same.

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
    direct = await openSide("legacy", directTransport(everything), callDirectly);
    through = await openSide(era, gatewayTransport(["--config", config]));
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

  test("tools, in programs, with their descriptions", async () => {
    const { tools } = await direct.client.listTools();
    expect(tools.length).toBeGreaterThan(10);
    const code = "text(JSON.stringify(ALL_TOOLS))";
    const listed = await through.client.callTool({ name: "exec", arguments: { code } });
    const [, block] = listed.content as { text: string }[];
    const named = JSON.parse(block?.text ?? "") as { name: string; description: string }[];
    const ofServer = named.filter(({ name }) => name.startsWith("mcp__everything__"));
    expect(ofServer).toEqual(
      tools.map(({ name, description }) => ({
        name: `mcp__everything__${name.replaceAll("-", "_")}`,
        description,
      })),
    );
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
    ["elicitation", "elicitation/create", "trigger-elicitation-request", {}],
    [
      "sampling",
      "sampling/createMessage",
      "trigger-sampling-request",
      { prompt: "a haiku", maxTokens: 20 },
    ],
    ["roots", "roots/list", "get-roots-list", {}],
    [
      "a page to open",
      "elicitation/create",
      "trigger-url-elicitation",
      { url: "https://a.test/", message: "Open it", elicitationId: "one" },
    ],
  ])("what the server asks for: %s", async (_what, method, tool, input) => {
    const own = await direct.call(tool, input);
    expect(await through.call(tool, input)).toEqual(own);
    const [ofOwn, ofPassed] = [direct, through].map(({ asked }) =>
      asked.filter((request) => request.method === method).at(-1),
    );
    expect(ofOwn).toBeDefined();
    expect(ofPassed).toEqual(ofOwn);
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

  test("progress, as messages that tell whose it is", async () => {
    const input = { duration: 0.2, steps: 2 };
    const results = [direct, through].map((side) =>
      side.call("trigger-long-running-operation", input, true),
    );
    const [own, passed] = await Promise.all(results);
    expect(passed).toEqual(own);
    expect(direct.progress.length).toBeGreaterThan(0);
    const expected = direct.progress.map(
      ({ progress, total }) => `everything trigger-long-running-operation: ${progress} of ${total}`,
    );
    const messages = through.progress.map(({ message }) => message);
    expect(messages).toEqual(expect.arrayContaining(expected));
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
