// Code mode as an MCP server of your own. After `npm run build`, an MCP client starts it as
//
//   node examples/mcp.mjs

import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createCodeMode } from "codecell";
import { createMcpServer } from "codecell/mcp";

const codeMode = createCodeMode({
  tools: {
    weather: {
      description: "The weather in a city.",
      inputSchema: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      },
      outputSchema: { type: "string" },
      execute: async ({ city }) => `rain in ${city}`,
    },
  },
});
const session = codeMode.openSession(); // one for each client

serveStdio(() => createMcpServer(session));

process.stdin.once("close", () => codeMode.close());
