// A worker each time, which gets the source, asks for tools by message, and is terminated at the end.

import { Worker } from "node:worker_threads";

const program = new URL("worker-cell.mjs", import.meta.url);

/** @param {Readonly<Record<string, (input: any) => unknown>>} tools */
export async function openWorkerThreads(tools) {
  const toolNames = Object.keys(tools);
  return {
    /** @param {string} source */
    async exec(source) {
      const worker = new Worker(program, {
        workerData: { source, toolNames },
        resourceLimits: { maxOldGenerationSizeMb: 128 },
      });
      try {
        return await new Promise((resolve, reject) => {
          worker.on("error", reject);
          worker.on("message", async (message) => {
            if (message.type === "ended") return resolve(message.texts);
            const result = await tools[message.name]?.(message.input);
            worker.postMessage({ call: message.call, result });
          });
        });
      } finally {
        await worker.terminate();
      }
    },
    async close() {},
  };
}
