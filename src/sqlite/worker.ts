// The thread of a store: opens its file, and does what it is asked to.
import { builtin } from "../base/builtin.js";
import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { accessFor, OpenFile } from "./open-file.js";
import type { FromWorker, StoreFailure, StoreRequest, ToWorker, WorkerSetup } from "./requests.js";

const { parentPort, workerData } = builtin("node:worker_threads");
let open: OpenFile | undefined;

parentPort?.on("message", (message: ToWorker) => {
  parentPort.postMessage(answer(message));
  if (message.type === "close") parentPort.close();
});

function answer(message: ToWorker): FromWorker {
  try {
    if (message.type === "close") {
      open?.close();
      return { type: "closed" };
    }
    // Tried again with each message: what was in the way may be gone.
    open = openFor(message.requests);
    return { type: "answers", answers: open.answer(message.requests) };
  } catch (thrown) {
    return message.type === "close"
      ? { type: "closed" }
      : { type: "failed", failure: failureOf(thrown) };
  }
}

function openFor(requests: readonly StoreRequest[]): OpenFile {
  const setup = workerData as WorkerSetup;
  const access = accessFor(setup, requests);
  if (open !== undefined && (open.access === access || open.access === "owner")) return open;
  open?.close();
  open = undefined;
  return new OpenFile(setup, access);
}

function failureOf(thrown: unknown): StoreFailure {
  const isMissing = thrown instanceof CodeModeError && thrown.code === "ERR_PACKAGE_MISSING";
  const code = isMissing ? "ERR_PACKAGE_MISSING" : "ERR_STORE_UNAVAILABLE";
  return { code, message: describeThrown(thrown) };
}
