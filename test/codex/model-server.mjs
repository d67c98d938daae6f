// A model's API on loopback, in the Responses wire, which answers as a script says.
import { createServer } from "node:http";

/**
 * What the model answers: output items of one response. A function is given the request.
 * @typedef {readonly object[] | ((request: ModelRequest) => readonly object[] | Promise<readonly object[]>)} Answer
 */

/**
 * @typedef {object} ModelRequest
 * @property {readonly any[]} input
 * @property {readonly any[]} tools
 */

/** An output item with the model's words. */
export const says = (/** @type {string} */ text) => ({
  type: "message",
  id: `msg_${next()}`,
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});

/** An output item that runs a program. */
export const runs = (/** @type {string} */ callId, /** @type {string} */ source) => ({
  type: "custom_tool_call",
  id: `ctc_${next()}`,
  call_id: callId,
  name: "exec",
  input: source,
  status: "completed",
});

/** An output item that calls wait. */
export const waits = (/** @type {string} */ callId, /** @type {object} */ args) => ({
  type: "function_call",
  id: `fc_${next()}`,
  call_id: callId,
  name: "wait",
  arguments: JSON.stringify(args),
  status: "completed",
});

/** The texts that a call has given, as one. */
export function outputOf(/** @type {ModelRequest} */ { input }, /** @type {string} */ callId) {
  const item = input.find(
    ({ type, call_id }) => call_id === callId && String(type).endsWith("_output"),
  );
  if (item === undefined) throw new Error(`no output of ${callId}`);
  const { output } = item;
  if (typeof output === "string") return output;
  return output.map((/** @type {any} */ part) => part.text ?? `[${part.type}]`).join("\n");
}

let last = 0;
const next = () => {
  last += 1;
  return last;
};

/**
 * Starts the server. Requests beyond the script fail.
 * @param {readonly Answer[]} answers
 */
export async function startModel(answers) {
  /** @type {ModelRequest[]} */
  const requests = [];
  /** @type {string[]} */
  const problems = [];
  const server = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
    if (!incoming.url?.endsWith("/responses")) {
      response.writeHead(404).end("{}");
      return;
    }
    const request = JSON.parse(body);
    const answer = answers[requests.length];
    requests.push(request);
    try {
      if (answer === undefined) throw new Error("the script has no further answer");
      const output = typeof answer === "function" ? await answer(request) : answer;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(toEvents(output));
    } catch (thrown) {
      problems.push(String(thrown));
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: String(thrown) } }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    problems,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param {readonly object[]} output */
function toEvents(output) {
  const response = {
    id: `resp_${next()}`,
    object: "response",
    created_at: 1_760_000_000,
    status: "completed",
    model: "scripted",
    output,
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 15,
    },
  };
  const events = [
    { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
    ...output.map((item, output_index) => ({
      type: "response.output_item.done",
      output_index,
      item,
    })),
    { type: "response.completed", response },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}
