// An MCP server on standard input and output that says what an input of the door "server" has it say.
import { createInterface } from "node:readline";
import { inputNamed } from "./inputs.mjs";

/** @type {import("./inputs.mjs").ServerInput} */
const input = inputNamed("server", process.argv[2] ?? "");
const plainList = { tools: [{ name: "t", inputSchema: { type: "object" } }] };

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") {
    const { protocolVersion } = params;
    send(
      JSON.stringify({
        jsonrpc: "2.0",
        id,
        result: {
          protocolVersion,
          capabilities: { tools: { listChanged: true } },
          serverInfo: { name: "s", version: "1" },
        },
      }),
    );
  } else if (method === "tools/list") {
    send(
      input.list?.(id, params?.cursor) ?? JSON.stringify({ jsonrpc: "2.0", id, result: plainList }),
    );
  } else if (method === "tools/call") {
    if (input.stderr !== undefined) process.stderr.write(input.stderr);
    for (let i = 0; i < (input.notifications ?? 0); i += 1) {
      send(
        '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}',
      );
    }
    for (let i = 0; i < (input.changes ?? 0); i += 1) {
      send('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}');
    }
    send(input.result?.(id) ?? JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } }));
  }
}

/** @param {string} line */
function send(line) {
  process.stdout.write(`${line}\n`);
}
