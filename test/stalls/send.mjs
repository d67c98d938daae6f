import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deadlineMs, heapFlag, post, StallHost } from "./host.mjs";
import { inputNamed } from "./inputs.mjs";
import { throughServe } from "./send-serve.mjs";

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
  if (door === "http") return throughHttp(name);
  return door === "serve"
    ? throughServe(name).catch((thrown) => ended(String(thrown)))
    : throughChild(door, name);
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
  const host = new StallHost(args);
  try {
    const url = await host.url();
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
    await host.begin();
    // Once as a client that has a session, and once as one that has none.
    const own = session === undefined ? {} : { "mcp-session-id": session };
    await post(url, text, { ...own, ...headers });
    await post(url, text, headers);
    return await host.end();
  } catch (thrown) {
    return ended(String(thrown));
  } finally {
    host.kill();
    rmSync(folder, { recursive: true });
  }
}

/** @param {import("node:stream").Readable | null} stream */
async function textOf(stream) {
  let text = "";
  for await (const chunk of stream ?? []) text += chunk;
  return text;
}
