// @utcp/code-mode with the given functions in place of the tools that its client would call elsewhere.

import { load } from "./load.mjs";

/** @param {Readonly<Record<string, (input: any) => unknown>>} tools */
export async function openUtcp(tools) {
  const { CodeModeUtcpClient } = await load("@utcp/code-mode");
  const client = await CodeModeUtcpClient.create();
  const schema = { type: "object", properties: {} };
  const listed = Object.keys(tools).map((name) => ({
    name: `bench.${name}`,
    description: name,
    inputs: schema,
    outputs: schema,
    tags: [],
  }));
  client.getTools = async () => listed;
  client.callTool = async (name, input) => tools[name.slice("bench.".length)]?.(input);
  const prelude = `
    const texts = [];
    const text = (value) => texts.push(String(value));
    const tools = bench;`;
  return {
    /** @param {string} source */
    async exec(source) {
      const { result, logs } = await client.callToolChain(
        `${prelude}\n${source}\nreturn texts;`,
        60_000,
      );
      if (result === null) throw new Error(logs.join("\n"));
      return result;
    },
    // Closing the client would only print that it is closed.
    async close() {},
  };
}
