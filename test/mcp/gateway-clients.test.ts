import type { Progress } from "@modelcontextprotocol/client";
import { afterEach, describe, expect, test } from "vitest";
import { Held } from "../support/cells.js";
import { textsOf } from "../support/gateway.js";
import {
  askedOf,
  closeOpened,
  connect,
  everything,
  openGateway,
  serve,
} from "../support/in-process-gateway.js";

afterEach(closeOpened);

describe("a client of a gateway", () => {
  test("is told what some server has, and no more", async () => {
    const plain = await connect(openGateway({ a: await serve({}, { tools: {} }) }));
    const own = { tools: { listChanged: true }, logging: {} };
    expect(plain.client.getServerCapabilities()).toEqual(own);
    expect(plain.client.getServerVersion()?.name).toBe("codecell");
    const both = openGateway({ a: await serve({}, { tools: {} }), b: await serve() });
    expect((await connect(both)).client.getServerCapabilities()).toEqual({
      ...own,
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      completions: {},
    });
  });

  test("gets prompts under their servers' names, with titles", async () => {
    const prompts = [
      { name: "one", title: "First" },
      { name: "two", description: "d" },
    ];
    const got = { messages: [], more: 1 };
    const server = await serve({ "prompts/list": { prompts }, "prompts/get": got });
    const { client } = await connect(openGateway({ a: server }));
    expect((await client.listPrompts()).prompts).toEqual([
      { name: "a_one", title: "a: First" },
      { name: "a_two", title: "a: two", description: "d" },
    ]);
    expect(await client.getPrompt({ name: "a_two", arguments: { b: "1" } })).toMatchObject(got);
    expect(askedOf(server, "prompts/get")).toEqual([{ name: "two", arguments: { b: "1" } }]);
    await expect(client.getPrompt({ name: "two" })).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining('There is no prompt "two".'),
    });
  });

  test("gets resources and templates under their own URIs, with titles", async () => {
    const server = await serve({
      "resources/list": { resources: [{ uri: "x://1", name: "one", title: "First" }] },
      "resources/templates/list": { resourceTemplates: [{ uriTemplate: "y://{id}", name: "y" }] },
      "resources/read": { contents: [{ uri: "x://1", text: "a" }] },
    });
    const { client } = await connect(openGateway({ a: server }));
    expect((await client.listResources()).resources).toEqual([
      { uri: "x://1", name: "one", title: "a: First" },
    ]);
    expect((await client.listResourceTemplates()).resourceTemplates).toEqual([
      { uriTemplate: "y://{id}", name: "y", title: "a: y" },
    ]);
    expect((await client.readResource({ uri: "x://1" })).contents).toEqual([
      { uri: "x://1", text: "a" },
    ]);
    expect(askedOf(server, "resources/read")).toEqual([{ uri: "x://1" }]);
  });

  test("gets completion of the server whose prompt or resource it is, if that has any", async () => {
    const completion = { values: ["b"], total: 1 };
    const lists = {
      "prompts/list": { prompts: [{ name: "one" }] },
      "resources/list": { resources: [{ uri: "x://1", name: "one" }] },
      "completion/complete": { completion },
    };
    const { completions, ...others } = everything;
    const [able, unable] = [await serve(lists), await serve({ ...lists }, others)];
    const { client } = await connect(openGateway({ able, unable }));
    const argument = { name: "x", value: "b" };
    const context = { arguments: { y: "1" } };
    const ofPrompt = (name: string) => ({ type: "ref/prompt", name }) as const;
    const ofResource = (uri: string) => ({ type: "ref/resource", uri }) as const;
    const complete = async (ref: ReturnType<typeof ofPrompt> | ReturnType<typeof ofResource>) =>
      (await client.complete({ ref, argument, context })).completion;
    expect(await complete(ofPrompt("able_one"))).toEqual(completion);
    expect(await complete(ofPrompt("unable_one"))).toEqual({ values: [] });
    expect(await complete(ofResource("x://1"))).toEqual(completion);
    expect(await complete(ofResource("codecell://able/x://2"))).toEqual(completion);
    expect(await complete(ofResource("codecell://unable/x://1"))).toEqual({ values: [] });
    await expect(complete(ofPrompt("one"))).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining('There is no prompt "one".'),
    });
    expect(askedOf(able, "completion/complete")).toEqual(
      [{ type: "ref/prompt", name: "one" }, ofResource("x://1"), ofResource("x://2")].map(
        (ref) => ({
          ref,
          argument,
          context,
        }),
      ),
    );
    expect(askedOf(unable, "completion/complete")).toEqual([]);
  });

  test("is subscribed to a resource until it says otherwise, or leaves", async () => {
    const server = await serve({ "resources/list": { resources: [] } });
    const gateway = openGateway({ a: server });
    const { client } = await connect(gateway);
    await client.subscribeResource({ uri: "x://1" });
    await client.unsubscribeResource({ uri: "x://1" });
    await client.subscribeResource({ uri: "x://2" });
    const left = new Held();
    const { leave } = gateway.subscriptions;
    gateway.subscriptions.leave = async (...args) => {
      await leave.apply(gateway.subscriptions, args);
      left.resolve();
    };
    await client.close();
    await left.promise;
    expect(askedOf(server, "resources/subscribe")).toEqual([{ uri: "x://1" }, { uri: "x://2" }]);
    expect(askedOf(server, "resources/unsubscribe")).toEqual([{ uri: "x://1" }, { uri: "x://2" }]);
  });

  test("hears of progress of what it asks a server, and asks for none otherwise", async () => {
    const server = await serve({
      "prompts/list": { prompts: [{ name: "one" }] },
      "prompts/get": ({ params }) => {
        const { progressToken } = (params["_meta"] ?? {}) as { progressToken?: unknown };
        const progress = { progressToken, progress: 1, total: 2, message: "half" };
        const news = { method: "notifications/progress", params: progress };
        return { news: progressToken === undefined ? [] : [news], result: { messages: [] } };
      },
    });
    const { client } = await connect(openGateway({ a: server }));
    const told: Progress[] = [];
    await client.getPrompt({ name: "a_one" });
    await client.getPrompt({ name: "a_one" }, { onprogress: (progress) => told.push(progress) });
    expect(told).toEqual([{ progress: 1, total: 2, message: "half" }]);
    const tokens = server.requests
      .filter(({ method }) => method === "prompts/get")
      .map(({ params }) => (params["_meta"] as { progressToken?: unknown })?.progressToken);
    expect(tokens).toEqual([undefined, expect.anything()]);
  });

  test("hears of progress of the tools that its programs call, in words", async () => {
    const news = (more: object) => ({ method: "notifications/progress", params: more });
    const server = await serve({
      "tools/call": ({ params }) => {
        const { progressToken } = params["_meta"] as { progressToken: unknown };
        return {
          news: [
            news({ progressToken, progress: 1 }),
            news({ progressToken, progress: 2, total: 3 }),
            news({ progressToken, progress: 3, total: 3, message: "done" }),
          ],
          result: { content: [{ type: "text", text: "pong" }] },
        };
      },
    });
    const { client } = await connect(openGateway({ a: server }));
    const told: unknown[] = [];
    const result = await client.callTool(
      { name: "exec", arguments: { code: "text(await tools.mcp__a__ping())" } },
      { onprogress: ({ message }) => told.push(message) },
    );
    expect(textsOf(result)).toEqual(["pong"]);
    expect(told).toEqual(["a ping: 1", "a ping: 2 of 3", "a ping: 3 of 3 done"]);
  });
});
