import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Queue, QueueEvents } from "bullmq";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callsOfOneRun, JobPrograms, jobOutput, jobSource } from "../../support/job-programs.js";
import { root } from "../../support/mcp.js";
import { PostgresStores } from "../../support/postgres-stores.js";

const packages = fileURLToPath(new URL(".", import.meta.url));
const options = { attempts: 10, backoff: { type: "fixed", delay: 5_000 } };

interface Redis {
  /** The path of its socket. */
  readonly socket: string;
  end(): Promise<void>;
}

const postgres = new PostgresStores("bullmq");
let redis: Redis;
let queue: Queue;
let events: QueueEvents;

beforeAll(async () => {
  redis = await startRedis();
  const connection = { url: redis.socket };
  queue = new Queue("programs", { connection });
  events = new QueueEvents("programs", { connection });
  await events.waitUntilReady();
});

afterAll(async () => {
  await events.close();
  await queue.close();
  await redis.end();
});

/** Cancels the job when its tool holds. */
const cancelled = `
import { worker } from "./bullmq.js";
const { log } = console;
console.log = (line) => {
  log(line);
  if (line === "holding") worker.cancelAllJobs("enough");
};
worker.on("failed", (_job, { message }) => log(message));
await worker.waitUntilReady();
console.log("ready");
`;

const programs = (main: string): JobPrograms =>
  new JobPrograms(packages, "bullmq", main, {
    DATABASE_URL: postgres.server.url,
    REDIS_URL: redis.socket,
  });

test("the program is right as strict TypeScript", async () => {
  using page = programs("");
  expect(await page.complaints()).toEqual([]);
});

test("a job whose worker is killed is gone on with by another, as one run of its program", async () => {
  using workers = programs('await import("./bullmq.js"); console.log("ready");');
  const killed = workers.start({ hold: true });
  await killed.says("ready");
  const job = await queue.add("program", { conversation: "killed", source: jobSource }, options);
  await killed.says("holding");
  await killed.kill();
  await postgres.endLeases();
  workers.start();
  const result = await job.waitUntilFinished(events);
  expect(result).toEqual({ status: "completed", output: jobOutput });
  expect(workers.calls()).toSatisfy(callsOfOneRun);
});

test("a job that is cancelled ends its cell for good", async () => {
  using workers = programs(cancelled);
  const worker = workers.start({ hold: true });
  await worker.says("ready");
  const data = { conversation: "cancelled", source: jobSource };
  const { id = "" } = await queue.add("program", data);
  await worker.says("enough");
  const outcome = await worker.exec(data.conversation, data.source, id);
  expect(outcome).toMatchObject({ status: "terminated", reason: "requested" });
});

/** It ends with its input, so also with this process. */
async function startRedis(): Promise<Redis> {
  const program = join(root, "test/fixtures/redis-server.mjs");
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit").then(() => {
    throw new Error("Redis has not started.");
  });
  const ready = once(createInterface({ input: child.stdout }), "line");
  gone.catch(() => {});
  const [socket] = await Promise.race([ready, gone]);
  const end = async (): Promise<void> => {
    child.stdin.end();
    await once(child, "exit");
  };
  return { socket, end };
}
