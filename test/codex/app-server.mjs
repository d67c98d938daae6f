// A client of `codex app-server`: lines of JSON, as the editors speak it.
import { createInterface } from "node:readline";
import { startCodex } from "./codex-home.mjs";

/**
 * Starts an app server and a thread in it.
 * @param {string} codex
 * @param {string} home
 */
export async function startAppServer(codex, home) {
  const { child, ended, said } = startCodex(codex, ["app-server"], home);
  /** @type {any[]} */
  const messages = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    messages.push(JSON.parse(line));
    for (const wake of waiting.splice(0)) wake();
  });
  void ended.then(() => {
    for (const wake of waiting.splice(0)) wake();
  });
  /** Resolves with the first message that fits. */
  const message = async (/** @type {(message: any) => boolean} */ fits) => {
    for (;;) {
      const found = messages.find(fits);
      if (found !== undefined) return found;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the app server has ended: ${said()}`);
      await new Promise((resolve) => {
        waiting.push(() => resolve(undefined));
      });
    }
  };
  let lastId = 0;
  const request = async (/** @type {string} */ method, /** @type {object} */ params) => {
    lastId += 1;
    const id = lastId;
    child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    const answer = await message((some) => some.id === id && some.method === undefined);
    if (answer.error) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  };
  await request("initialize", { clientInfo: { name: "codecell", version: "1" } });
  child.stdin.write(`${JSON.stringify({ method: "initialized" })}\n`);
  const { thread } = await request("thread/start", { cwd: home });
  return {
    threadId: thread.id,
    request,
    message,
    async close() {
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
