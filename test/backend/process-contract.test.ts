import { chooseSource } from "../../src/backend/process/choose-source.js";
import { ProcessBackend } from "../../src/backend/process/process-backend.js";
import { describeBackendContract } from "./contract.js";

const heapBytes = 256 * 1024 * 1024;
const chosen = chooseSource({ processHost: "process", sandbox: "best-effort" });

describeBackendContract({
  name: "process",
  make: () => new ProcessBackend({ chosen, prewarm: 1, heapBytes, needsSandbox: false }),
  // An ordinary process of Node has no sandbox.
  makeRefusing: () => new ProcessBackend({ chosen, prewarm: 0, heapBytes, needsSandbox: true }),
  refusalCode: "ERR_SANDBOX",
});
