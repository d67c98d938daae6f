import { fileURLToPath } from "node:url";
import { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callsOfOneRun, JobPrograms, jobOutput, jobSource } from "../../support/job-programs.js";
import { PostgresStores } from "../../support/postgres-stores.js";

const packages = fileURLToPath(new URL(".", import.meta.url));

const postgres = new PostgresStores("pg_boss");
let boss: PgBoss;

beforeAll(async () => {
  // Looks after no job: the workers do.
  boss = new PgBoss({ connectionString: postgres.server.url, supervise: false, schedule: false });
  boss.on("error", () => {});
  await boss.start();
});

afterAll(async () => {
  await boss.stop({ graceful: false });
});

const programs = (): JobPrograms =>
  new JobPrograms(packages, "pg-boss", 'await import("./pg-boss.js"); console.log("ready");', {
    DATABASE_URL: postgres.server.url,
  });

test("the program is right as strict TypeScript", async () => {
  using page = programs();
  expect(await page.complaints()).toEqual([]);
});

test("a job whose worker is killed is gone on with by another, as one run of its program", async () => {
  using workers = programs();
  const killed = workers.start({ hold: true });
  await killed.says("ready");
  const end = await postgres.watch("pgboss.job", "NEW.state = 'completed'");
  const id = await boss.send("programs", { conversation: "killed", source: jobSource });
  await killed.says("holding");
  await killed.kill();
  await postgres.endLeases();
  const next = workers.start();
  await next.says("ready");
  // As if the time of the heartbeat had passed.
  const { rows } = await boss
    .getDb()
    .executeSql(
      "UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE state = 'active' RETURNING id",
    );
  expect(rows).toEqual([{ id }]);
  await end.written;
  const job = await boss.getJobById("programs", id ?? "");
  expect(job?.output).toEqual({ status: "completed", output: jobOutput });
  expect(workers.calls()).toSatisfy(callsOfOneRun);
});

test("a job that is cancelled ends its cell for good", async () => {
  using workers = programs();
  const worker = workers.start({ hold: true });
  await worker.says("ready");
  const job = { conversation: "cancelled", source: jobSource };
  const id = (await boss.send("programs", job)) ?? "";
  await worker.says("holding");
  const end = await postgres.watch("codecell.cells", "NEW.status <> 'open'");
  await boss.cancel("programs", id);
  await end.written;
  const outcome = await worker.exec(job.conversation, job.source, id);
  expect(outcome).toMatchObject({ status: "terminated", reason: "requested" });
});
