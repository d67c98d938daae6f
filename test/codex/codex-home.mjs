// A folder with a configuration of Codex that talks to a scripted model, and Codex started in it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * @param {object} options
 * @param {string} options.modelUrl
 * @param {"grpc" | "framed"} options.wire
 */
export function makeHome({ modelUrl, wire }) {
  const folder = mkdtempSync(path.join(tmpdir(), "codecell-codex-"));
  const config = [
    'model = "gpt-5.5"',
    'model_provider = "scripted"',
    'approval_policy = "never"',
    'sandbox_mode = "danger-full-access"',
    "[features]",
    "code_mode = true",
    `code_mode_host_grpc = ${wire === "grpc"}`,
    "[model_providers.scripted]",
    'name = "scripted"',
    `base_url = "${modelUrl}"`,
    'wire_api = "responses"',
    "request_max_retries = 0",
    "stream_max_retries = 0",
    "",
  ];
  writeFileSync(path.join(folder, "config.toml"), config.join("\n"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Starts Codex in a folder of its own.
 * @param {string} codex
 * @param {readonly string[]} args
 * @param {string} home
 */
export function startCodex(codex, args, home) {
  const child = spawn(codex, args, {
    cwd: home,
    env: { ...process.env, CODEX_HOME: home, HOME: home, RUST_LOG: "error" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => child.once("close", (code) => resolve(code)));
  return { child, ended, said: () => said };
}
