import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { callsOfOneRun, JobPrograms, jobOutput, jobSource } from "../../support/job-programs.js";
import { PostgresStores } from "../../support/postgres-stores.js";

const packages = fileURLToPath(new URL(".", import.meta.url));

const postgres = new PostgresStores("temporal");

/** One try, as a server of Temporal would have it, in the SDK's own context of an activity. */
const main = `
import { ActivityCancellationDetails } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { runProgram } from "./temporal.js";

const { CONVERSATION, SOURCE, CANCEL, DETAILS } = process.env;
const activity = new MockActivityEnvironment({
  activityId: CONVERSATION,
  workflowExecution: { workflowId: "w", runId: "r" },
});
let heartbeats = 0;
activity.on("heartbeat", () => {
  heartbeats += 1;
});
const { log } = console;
console.log = (line) => {
  log(line);
  if (line !== "holding" || CANCEL === undefined) return;
  activity.cancel(CANCEL, new ActivityCancellationDetails(JSON.parse(DETAILS)));
};
try {
  const result = await activity.run(runProgram, CONVERSATION, SOURCE);
  console.log(JSON.stringify({ ...result, isAlive: heartbeats > 0 }));
} catch (error) {
  console.log(error.name + " " + error.message);
}
`;

const programs = (conversation: string): JobPrograms =>
  new JobPrograms(packages, "temporal", main, {
    DATABASE_URL: postgres.server.url,
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
  await postgres.endLeases();
  const next = workers.start();
  const end = { status: "completed", output: jobOutput, isAlive: true };
  expect(JSON.parse(await next.line())).toEqual(end);
  expect(workers.calls()).toSatisfy(callsOfOneRun);
});

test("an activity that is cancelled ends its cell for good", async () => {
  using workers = programs("cancelled");
  const details = '{"cancelRequested":true}';
  const worker = workers.start({ hold: true, CANCEL: "CANCELLED", DETAILS: details });
  await worker.says("CancelledFailure CANCELLED");
  const outcome = await worker.exec("cancelled", jobSource, "w/r/cancelled");
  expect(outcome).toMatchObject({ status: "terminated", reason: "requested" });
});

test("an activity whose worker shuts down leaves its cell to the next try", async () => {
  using workers = programs("left");
  const details = '{"workerShutdown":true}';
  const worker = workers.start({ hold: true, CANCEL: "WORKER_SHUTDOWN", DETAILS: details });
  await worker.says("CancelledFailure WORKER_SHUTDOWN");
  const next = workers.start();
  expect(JSON.parse(await next.line())).toMatchObject({ status: "completed", output: jobOutput });
});
