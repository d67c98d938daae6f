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

const main = `
import { graph } from "./langgraph.js";
const input = process.env.AGAIN === undefined ? { source: process.env.SOURCE } : null;
for (;;) {
  try {
    console.log(JSON.stringify(await graph.invoke(input, { configurable: { thread_id: "c-1" } })));
    break;
  } catch (error) {
    // The process that is gone still counts as alive.
    if (error.code !== "ERR_CELL_BUSY") throw error;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
`;

test("the program is right as strict TypeScript", async () => {
  using page = new JobPrograms(packages, "langgraph", "", {});
  expect(await page.complaints()).toEqual([]);
});

test("a node whose process is killed is gone on with by another, as one run of its program", async () => {
  const environment = { DATABASE_URL: postgres.url, SOURCE: jobSource };
  using graphs = new JobPrograms(packages, "langgraph", main, environment);
  const killed = graphs.start({ hold: true });
  await killed.says("holding");
  await killed.kill();
  const next = graphs.start({ AGAIN: "yes" });
  expect(JSON.parse(await next.line())).toEqual({ source: jobSource, output: jobOutput });
  expect(graphs.calls()).toSatisfy(callsOfOneRun);
}, 120_000);
