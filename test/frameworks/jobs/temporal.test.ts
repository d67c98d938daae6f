import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres } from "../../../scripts/lib/postgres.mjs";
import { callsOfOneRun, JobPrograms, jobOutput, jobSource } from "../../support/job-programs.js";

const packages = fileURLToPath(new URL(".", import.meta.url));

let postgres: Awaited<ReturnType<typeof startPostgres>>;

beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);

afterAll(() => postgres.end());

/** One try after another, as a server of Temporal would have it, in the SDK's own context of an activity. */
const main = `
import { ActivityCancellationDetails } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { runProgram } from "./temporal.js";

const { CONVERSATION, SOURCE, CANCEL, DETAILS } = process.env;
let cancel = () => {};
const { log } = console;
console.log = (line) => {
  log(line);
  if (line === "holding") cancel();
};
for (let attempt = 1; ; attempt += 1) {
  const activity = new MockActivityEnvironment({
    attempt,
    activityId: CONVERSATION,
    workflowExecution: { workflowId: "w", runId: "r" },
  });
  let heartbeats = 0;
  activity.on("heartbeat", () => {
    heartbeats += 1;
  });
  cancel = () => {
    if (CANCEL === undefined) return;
    activity.cancel(CANCEL, new ActivityCancellationDetails(JSON.parse(DETAILS)));
  };
  try {
    const result = await activity.run(runProgram, CONVERSATION, SOURCE);
    console.log(JSON.stringify({ ...result, isAlive: heartbeats > 0 }));
    break;
  } catch (error) {
    if (error.code !== "ERR_CELL_BUSY") {
      console.log(error.name + " " + error.message);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
`;

const programs = (conversation: string): JobPrograms =>
  new JobPrograms(packages, "temporal", main, {
    DATABASE_URL: postgres.url,
    CONVERSATION: conversation,
    SOURCE: jobSource,
  });

test("the program is right as strict TypeScript", async () => {
  using page = programs("");
  expect(await page.complaints()).toEqual([]);
});

test("an activity whose worker is killed is gone on with by another, as one run of its program", async () => {
  using workers = programs("killed");
  const killed = workers.start({ hold: true });
  await killed.says("holding");
  await killed.kill();
  const next = workers.start();
  const end = { status: "completed", output: jobOutput, isAlive: true };
  expect(JSON.parse(await next.line())).toEqual(end);
  expect(workers.calls()).toSatisfy(callsOfOneRun);
}, 120_000);

test("an activity that is cancelled ends its cell for good", async () => {
  using workers = programs("cancelled");
  const details = '{"cancelRequested":true}';
  const worker = workers.start({ hold: true, CANCEL: "CANCELLED", DETAILS: details });
  await worker.says("CancelledFailure CANCELLED");
  const outcome = await worker.exec("cancelled", jobSource, "w/r/cancelled");
  expect(outcome).toMatchObject({ status: "terminated", reason: "requested" });
}, 120_000);

test("an activity whose worker shuts down leaves its cell to the next try", async () => {
  using workers = programs("left");
  const details = '{"workerShutdown":true}';
  const worker = workers.start({ hold: true, CANCEL: "WORKER_SHUTDOWN", DETAILS: details });
  await worker.says("CancelledFailure WORKER_SHUTDOWN");
  const next = workers.start();
  expect(JSON.parse(await next.line())).toMatchObject({ status: "completed", output: jobOutput });
}, 120_000);
