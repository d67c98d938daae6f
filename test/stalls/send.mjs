import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { inputNamed } from "./inputs.mjs";

/** The heap of the host that inputs are sent to. */
const heapFlag = "--max-old-space-size=512";
const deadlineMs = 120_000;

/**
 * @typedef {object} Measured
 * @property {number} worstMs - The longest stall.
 * @property {number} heapMiB
 * @property {number} pace - How many times slower than the reference the host was; see pace.mjs.
 * @property {string | undefined} [problem]
 */

/**
 * Sends an input through a door of a host in a process of its own.
 *
 * @param {string} door
 * @param {string} name
 * @returns {Promise<Measured>}
 */
export function sendThrough(door, name) {
  return door === "http" ? throughHttp(name) : throughChild(door, name);
}

/** @param {string} problem @returns {Measured} */
function ended(problem) {
  return { worstMs: 0, heapMiB: 0, pace: 1, problem };
}

/** @param {string} door @param {string} name @returns {Promise<Measured>} */
async function throughChild(door, name) {
  const child = spawn(
    process.execPath,
    [heapFlag, path.join(import.meta.dirname, "child.mjs"), door, name],
    {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: deadlineMs,
      killSignal: "SIGKILL",
    },
  );
  const [said, errors, [code, signal]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, "close"),
  ]);
  if (code !== 0) {
    const last = errors.trim().split("\n").slice(-12).join(" | ").slice(0, 500);
    return ended(`the host ended with ${signal ?? `code ${code}`}: ${last}`);
  }
  return JSON.parse(said.trim().split("\n").at(-1) ?? "");
}

/** @param {string} name @returns {Promise<Measured>} */
async function throughHttp(name) {
  const { body, headers = {} } = /** @type {import("./inputs.mjs").HttpInput} */ (
    inputNamed("http", name)
  );
  const folder = mkdtempSync(path.join(tmpdir(), "codecell-stalls-"));
  const config = path.join(folder, "mcp.json");
  writeFileSync(config, '{"mcpServers": {}}');
  const args = ["mcp", "--config", config, "--listen", "http://127.0.0.1:0"];
  const host = spawn(
    process.execPath,
    [heapFlag, path.join(import.meta.dirname, "gateway.mjs"), ...args],
    {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      timeout: deadlineMs,
      killSignal: "SIGKILL",
    },
  );
  try {
    let said = "";
    host.stderr?.setEncoding("utf8");
    while (!/http:\/\/127\.0\.0\.1:\d+\S*/.test(said)) {
      const [more] = await Promise.race([
        once(/** @type {any} */ (host.stderr), "data"),
        once(host, "exit").then(([code]) => [`exit ${code}`]),
      ]);
      said += more;
      if (/^exit /.test(more)) return ended(`the gateway did not start: ${said}`);
    }
    const url = /http:\/\/127\.0\.0\.1:\d+[\w/]*/.exec(said)?.[0] ?? "";
    await post(url, '{"jsonrpc":"2.0","id":1,"method":"ping"}', {});
    const initialize = {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: {
        protocolVersion: "2025-06-18",
        capabilities: {},
        clientInfo: { name: "c", version: "1" },
      },
    };
    const session = await post(url, JSON.stringify(initialize), {});
    const text = body();
    host.send("begin");
    await once(host, "message");
    // Once as a client that has a session, and once as one that has none.
    const own = session === undefined ? {} : { "mcp-session-id": session };
    await post(url, text, { ...own, ...headers });
    await post(url, text, headers);
    host.send("end");
    const [measured] = await Promise.race([
      once(host, "message"),
      once(host, "exit").then(([code, signal]) => [ended(`the host ended with ${signal ?? code}`)]),
    ]);
    return measured;
  } finally {
    host.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}

/**
 * Posts a body; what comes back is of no interest but the session's id.
 * @param {string} url
 * @param {string} body
 * @param {Readonly<Record<string, string>>} headers
 * @returns {Promise<string | undefined>}
 */
function post(url, body, headers) {
  return new Promise((resolve) => {
    const sent = request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      timeout: 20_000,
    });
    sent.on("response", (response) => {
      const id = response.headers["mcp-session-id"];
      response.resume();
      response.on("close", () => resolve(typeof id === "string" ? id : undefined));
    });
    // A host that refuses a body may close before it has read all of it.
    sent.on("error", () => resolve(undefined));
    sent.on("timeout", () => sent.destroy());
    sent.end(body);
  });
}

/** @param {import("node:stream").Readable | null} stream */
async function textOf(stream) {
  let text = "";
  for await (const chunk of stream ?? []) text += chunk;
  return text;
}
