import { fileURLToPath } from "node:url";
import { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres } from "../../../scripts/lib/postgres.mjs";
import { callsOfOneRun, JobPrograms, jobOutput, jobSource } from "../../support/job-programs.js";

const packages = fileURLToPath(new URL(".", import.meta.url));

let postgres: Awaited<ReturnType<typeof startPostgres>>;
let boss: PgBoss;

beforeAll(async () => {
  postgres = await startPostgres();
  // Looks after no job: the workers do.
  boss = new PgBoss({ connectionString: postgres.url, supervise: false, schedule: false });
  boss.on("error", () => {});
  await boss.start();
}, 60_000);

afterAll(async () => {
  await boss.stop({ graceful: false });
  await postgres.end();
});

const programs = (): JobPrograms =>
  new JobPrograms(packages, "pg-boss", 'await import("./pg-boss.js"); console.log("ready");', {
    DATABASE_URL: postgres.url,
  });

async function untilState(
  id: string,
  wanted: string,
): Promise<Awaited<ReturnType<PgBoss["getJobById"]>>> {
  for (;;) {
    const job = await boss.getJobById("programs", id);
    if (job?.state === wanted) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("the program is right as strict TypeScript", async () => {
  using page = programs();
  expect(await page.complaints()).toEqual([]);
});

test("a job whose worker is killed is gone on with by another, as one run of its program", async () => {
  using workers = programs();
  const killed = workers.start({ hold: true });
  await killed.says("ready");
  const id = await boss.send("programs", { conversation: "killed", source: jobSource });
  await killed.says("holding");
  await killed.kill();
  const next = workers.start();
  await next.says("ready");
  // As if the time of the heartbeat had passed.
  const { rows } = await boss
    .getDb()
    .executeSql(
      "UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE state = 'active' RETURNING id",
    );
  expect(rows).toEqual([{ id }]);
  const job = await untilState(id ?? "", "completed");
  expect(job?.output).toEqual({ status: "completed", output: jobOutput });
  expect(workers.calls()).toSatisfy(callsOfOneRun);
}, 120_000);

test("a job that is cancelled ends its cell for good", async () => {
  using workers = programs();
  const worker = workers.start({ hold: true });
  await worker.says("ready");
  const job = { conversation: "cancelled", source: jobSource };
  const id = (await boss.send("programs", job)) ?? "";
  await worker.says("holding");
  await boss.cancel("programs", id);
  const outcome = await worker.exec(job.conversation, job.source, id);
  expect(outcome).toMatchObject({ status: "terminated", reason: "requested" });
}, 120_000);
