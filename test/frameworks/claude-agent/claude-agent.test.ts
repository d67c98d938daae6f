import { createSdkMcpServer, tool } from "@anthropic-ai/claude-agent-sdk";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { anthropicToolSource, claudeAgentServer } from "../../../src/anthropic.js";
import { declareTools } from "../../../src/index.js";
import { openSession, runToTexts } from "../../support/cells.js";
import { pixel } from "../../support/scripted-server.js";

describe("the Claude Agent SDK", () => {
  test("has its tools called by cells, with inputs as their schemas make them", async () => {
    const inputSchema = {
      city: z.string().transform((city) => city.toUpperCase()),
      days: z.number().default(3),
      unit: z.enum(["C", "F"]).optional(),
    };
    const weather = tool("weather", "The weather.", inputSchema, async ({ city, days, unit }) => ({
      content: [{ type: "text", text: `${city}, ${days} days, ${unit}` }],
    }));
    const photo = tool("photo", "", {}, async () => ({
      content: [{ type: "image", data: pixel, mimeType: "image/png" }],
    }));
    const fails = tool("fails", "", {}, async () => ({
      isError: true,
      content: [{ type: "text", text: "out of order" }],
    }));
    const tools = anthropicToolSource([weather, photo, fails]);
    expect(declareTools(tools)).toContain("days?: number");
    const source = `
      text(await tools.weather({ city: "Oslo" }));
      content((await tools.photo()).content);
      for (const call of [() => tools.fails({}), () => tools.weather({ city: 7, unit: "K" })]) {
        await call().catch((error) => text(error.message));
      }
    `;
    expect(await runToTexts(source, { tools })).toEqual([
      "OSLO, 3 days, undefined",
      "image",
      "out of order",
      expect.stringMatching(/^Invalid input for tool "weather": \/city: .*; \/unit: /),
    ]);
  });

  test("gets a server as its own are, which speaks to the transport of its version", async () => {
    await using session = openSession({ tools: { weather: { execute: () => "rain in Oslo" } } });
    const server = await claudeAgentServer(session);
    const { type, name } = createSdkMcpServer({ name: "codecell" });
    expect(server).toMatchObject({ type, name });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    const client = new Client({ name: "test", version: "1.0.0" });
    await Promise.all([server.instance.connect(theirs), client.connect(ours)]);
    const { tools } = await client.listTools();
    expect(tools).toMatchObject([
      { name: "exec", _meta: { "anthropic/alwaysLoad": true } },
      { name: "wait", _meta: { "anthropic/alwaysLoad": true } },
    ]);
    const call = { name: "exec", arguments: { code: "text(await tools.weather());" } };
    expect(await client.callTool(call)).toMatchObject({
      content: [{}, { type: "text", text: "rain in Oslo" }],
    });
    await client.close();
  });
});
