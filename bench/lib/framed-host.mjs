// A client of a host for Codex, over the wire of frames.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** @param {string} name */
const toToolOfCodex = (name) => ({
  name,
  tool_name: { name, namespace: null },
  description: "",
  kind: "function",
  input_schema: null,
  output_schema: null,
});

/**
 * Starts a host. Its programs have these tools, which give their input back.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ tools?: readonly string[] }} [options] - Default: the tool `echo`.
 */
export function startFramedHost(command, args, { tools = ["echo"] } = {}) {
  const enabledTools = tools.map(toToolOfCodex);
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
  const readStatus = (/** @type {string} */ name) => {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    const [, kibibytes] = new RegExp(`${name}:\\s+(\\d+)`).exec(status) ?? [];
    return Number(kibibytes) * 1024;
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
        enabled_tools: enabledTools,
        source,
        yield_time_ms: 60_000,
        max_output_tokens: null,
      };
      const id = request({ method: "session/execute", request: inner });
      const { result } = await next(`execute/initialResponse ${id}`);
      if (result.value.Result?.error_text !== null) throw new Error(JSON.stringify(result));
    },
    residentBytes: () => readStatus("VmRSS"),
    peakResidentBytes: () => readStatus("VmHWM"),
    async close() {
      child.stdin.end();
      await new Promise((resolve) => child.once("close", resolve));
    },
  };
}
