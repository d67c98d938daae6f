import type { Client, Tool } from "@modelcontextprotocol/client";
import { afterAll, describe, expect, test } from "vitest";
import { Workspace } from "../support/cli.js";
import { cellIdOf, connectOverStdio, exec, textsOf, wait } from "../support/gateway.js";
import { listingServer, registryServer } from "../support/mcp.js";

// What editors with MCP take of a server, at the least: 40 tools of all servers together, names of at
// most 60 characters with the server's, and descriptions that are not longer than this.
const limits = { tools: 40, name: 60, description: 2048 };

const many = Array.from({ length: 120 }, (_, index) => ({
  name: `look_at_the_records_of_the_department_${index}`,
  description: "Looks at the records. ".repeat(20),
  inputSchema: { type: "object", properties: { query: { type: "string" } } },
}));

const guarded = "look_at_the_records_of_the_department_0";

const workspace = new Workspace();
const config = workspace.config({
  everything: registryServer("everything"),
  many: { ...listingServer(many), approval: { [guarded]: "ask", "*": "auto" } },
});
afterAll(() => workspace[Symbol.dispose]());

/** A client as editors are: over stdio, with no capabilities, that only lists and calls tools. */
async function connectPlainly(): Promise<{ client: Client; unasked: string[] }> {
  const { client } = await connectOverStdio("legacy", ["--config", config]);
  const unasked: string[] = [];
  client.fallbackRequestHandler = async ({ method }) => {
    unasked.push(method);
    throw new Error(`This client has no ${method}.`);
  };
  client.fallbackNotificationHandler = async ({ method }) => void unasked.push(method);
  return { client, unasked };
}

describe("a client that takes nothing but tools", () => {
  test("gets two tools within its limits, whose names and schemas every model's API takes", async () => {
    const { client } = await connectPlainly();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["exec", "wait"]);
    expect(tools.length).toBeLessThanOrEqual(limits.tools);
    for (const tool of tools) {
      expect(`mcp_codecell_${tool.name}`).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(`mcp_codecell_${tool.name}`.length).toBeLessThanOrEqual(limits.name);
      expect(tool.description?.length).toBeLessThanOrEqual(limits.description);
      expect(keywordsOf(tool)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(\$ref|\$defs|anyOf|oneOf|allOf|not)$/)]),
      );
    }
    const [{ description = "" } = { description: "" }] = tools;
    expect(description).toContain("mcp__everything__");
    expect(description).toContain("mcp__many__");
  });

  test("goes through exec and wait with results, images and errors in their content, and is sent nothing but what the program notifies of", async () => {
    const { client, unasked } = await connectPlainly();
    const first = await exec(
      client,
      `notify("on the way");
      const { content: blocks } = await tools.mcp__everything__get_tiny_image();
      text(await tools.mcp__everything__echo({ message: "rain in Oslo" }));
      yield_control();
      content(blocks);
      throw new Error("no");`,
    );
    expect(textsOf(first)).toEqual(["Echo: rain in Oslo"]);
    const second = await wait(client, cellIdOf(first));
    expect(second.isError).toBe(true);
    expect(textsOf(second)).toEqual(expect.arrayContaining(["image"]));
    expect(textsOf(second).join("\n")).toContain("Error: no");
    expect(unasked).toEqual(["notifications/message"]);
  });

  test("finds the tools that the description has no room for, from a program", async () => {
    const { client } = await connectPlainly();
    const name = "mcp__many__look_at_the_records_of_the_department_119";
    const code = `text(await describe_tool("${name}")); text(typeof tools.${name});`;
    const [declaration, kind] = textsOf(await exec(client, code));
    expect(declaration).toContain(`${name}(args`);
    expect(kind).toBe("function");
  });

  test("gets a call that needs approval refused with what to do, and no question", async () => {
    const { client, unasked } = await connectPlainly();
    const code = `await tools.mcp__many__${guarded}({})
      .catch((error) => text(error.message));`;
    expect(textsOf(await exec(client, code))).toEqual([
      expect.stringMatching(/the MCP client cannot ask its person .* --approve/),
    ]);
    expect(unasked).toEqual([]);
  });
});

/** All keywords of a tool's schema. */
function keywordsOf({ inputSchema }: Tool): readonly string[] {
  const keys: string[] = [];
  JSON.stringify(inputSchema, (key, value) => {
    keys.push(key);
    return value;
  });
  return keys;
}
