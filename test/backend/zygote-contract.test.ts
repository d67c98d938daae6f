import { describe } from "vitest";
import { chooseSource } from "../../src/backend/process/choose-source.js";
import { ProcessBackend } from "../../src/backend/process/process-backend.js";
import { describeBackendContract } from "./contract.js";

const heapBytes = 256 * 1024 * 1024;
const chosen = chooseSource({ processHost: "zygote", sandbox: "required" });
const nowhere = { source: undefined, reason: "this test wants none" } as const;

// Where no helper can run, `processHost: "auto"` uses what process-contract.test.ts tests.
describe.skipIf(chosen.source === undefined)("forked processes", () => {
  describeBackendContract({
    name: "zygote",
    make: () => new ProcessBackend({ chosen, prewarm: 1, heapBytes, needsSandbox: true }),
    makeRefusing: () =>
      new ProcessBackend({ chosen: nowhere, prewarm: 0, heapBytes, needsSandbox: true }),
    refusalCode: "ERR_PROCESS_START",
  });
});
