import { parentPort, workerData } from "node:worker_threads";

const texts = [];
const open = new Map();
let lastCall = 0;

parentPort?.on("message", ({ call, result }) => {
  open.get(call)(result);
  open.delete(call);
});

const tools = Object.fromEntries(
  workerData.toolNames.map((name) => [
    name,
    (input) =>
      new Promise((resolve) => {
        lastCall += 1;
        open.set(lastCall, resolve);
        parentPort?.postMessage({ type: "call", call: lastCall, name, input });
      }),
  ]),
);

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
await new AsyncFunction("tools", "text", workerData.source)(tools, (text) =>
  texts.push(String(text)),
);
parentPort?.postMessage({ type: "ended", texts });
