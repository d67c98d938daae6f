import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { callsOfOneRun, JobPrograms, jobOutput, jobSource } from "../../support/job-programs.js";
import { PostgresStores } from "../../support/postgres-stores.js";

const packages = fileURLToPath(new URL(".", import.meta.url));

const postgres = new PostgresStores("langgraph");

const main = `
import { graph } from "./langgraph.js";
const input = process.env.AGAIN === undefined ? { source: process.env.SOURCE } : null;
console.log(JSON.stringify(await graph.invoke(input, { configurable: { thread_id: "c-1" } })));
`;

test("the program is right as strict TypeScript", async () => {
  using page = new JobPrograms(packages, "langgraph", "", {});
  expect(await page.complaints()).toEqual([]);
});

test("a node whose process is killed is gone on with by another, as one run of its program", async () => {
  const environment = { DATABASE_URL: postgres.server.url, SOURCE: jobSource };
  using graphs = new JobPrograms(packages, "langgraph", main, environment);
  const killed = graphs.start({ hold: true });
  await killed.says("holding");
  await killed.kill();
  await postgres.endLeases();
  const next = graphs.start({ AGAIN: "yes" });
  expect(JSON.parse(await next.line())).toEqual({ source: jobSource, output: jobOutput });
  expect(graphs.calls()).toSatisfy(callsOfOneRun);
});
