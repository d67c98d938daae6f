// A client of a host for Codex, over the wire of frames.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const tool = {
  name: "echo",
  tool_name: { name: "echo", namespace: null },
  description: "",
  kind: "function",
  input_schema: null,
  output_schema: null,
};

/**
 * Starts a host. Its programs have the tool `echo`, which gives its input back.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function startFramedHost(command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const sessionId = "bench";
  /** @type {Map<string, (message: any) => void>} */
  const waiting = new Map();
  let lastId = 0;
  let rest = Buffer.alloc(0);

  const send = (/** @type {object} */ message) => {
    const content = Buffer.from(JSON.stringify(message));
    const header = Buffer.alloc(4);
    header.writeUInt32LE(content.length);
    child.stdin.write(Buffer.concat([header, content]));
  };
  const next = (/** @type {string} */ key) =>
    new Promise((resolve) => {
      waiting.set(key, resolve);
    });
  const take = (/** @type {any} */ message) => {
    if (message.type === "delegate/request") {
      const { input } = message.request.invocation;
      const value = { type: "tool/result", result: input };
      send({ type: "delegate/response", id: message.id, result: { status: "ok", value } });
      return;
    }
    if (message.result?.status === "error") throw new Error(message.result.message);
    const key = `${message.type} ${message.id ?? ""}`;
    waiting.get(key)?.(message);
    waiting.delete(key);
  };
  child.stdout.on("data", (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
      const length = rest.readUInt32LE(0);
      take(JSON.parse(rest.subarray(4, 4 + length).toString()));
      rest = rest.subarray(4 + length);
    }
  });
  const request = (/** @type {object} */ inner) => {
    lastId += 1;
    send({ type: "operation/request", id: lastId, request: { sessionId, ...inner } });
    return lastId;
  };
  const ready = next("connection/ready ");
  send({
    type: "connection/hello",
    supportedVersions: [1],
    requiredCapabilities: [],
    optionalCapabilities: [],
  });
  return {
    ready,
    open: () => next(`operation/response ${request({ method: "session/open" })}`),
    /** Runs a program to its end. */
    async run(/** @type {string} */ source) {
      const inner = {
        tool_call_id: "call",
        enabled_tools: [tool],
        source,
        yield_time_ms: 60_000,
        max_output_tokens: null,
      };
      const id = request({ method: "session/execute", request: inner });
      const { result } = await next(`execute/initialResponse ${id}`);
      if (result.value.Result?.error_text !== null) throw new Error(JSON.stringify(result));
    },
    residentBytes() {
      const [, kibibytes] =
        /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      return Number(kibibytes) * 1024;
    },
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
