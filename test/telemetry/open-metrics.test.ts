import { expect, test } from "vitest";
import { createCodeMode, openMetrics } from "../../src/index.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";
import { readOpenMetrics } from "../support/open-metrics.js";

test("the text is OpenMetrics, and has what the runtime has done", async () => {
  await using codeMode = createCodeMode({ tools: { echo: { execute: (input) => input } } });
  const session = codeMode.openSession();
  await session.exec("await tools.echo(1); await tools.echo(2);");
  await session.exec("throw new Error('no')");
  const families = readOpenMetrics(openMetrics(codeMode.stats()));
  const sampleOf = (family: string, labels = "") =>
    families.get(family)?.samples.find((sample) => sample.labels === labels)?.value;
  expect(sampleOf("codecell_sessions")).toBe(1);
  expect(sampleOf("codecell_cells_ended", '{status="completed"}')).toBe(1);
  expect(sampleOf("codecell_cells_ended", '{status="failed"}')).toBe(1);
  expect(sampleOf("codecell_tool_calls", '{status="fulfilled"}')).toBe(2);
  expect(sampleOf("codecell_cell_duration_seconds", '{le="+Inf"}')).toBe(2);
  expect(families.get("codecell_runtime_start_time_seconds")?.unit).toBe("seconds");
  expect([...families.keys()].filter((name) => name.includes("durable"))).toEqual([]);
});

test("a runtime with a store has metrics of it", async () => {
  await using runtimes = new DurableRuntimes();
  const codeMode = await runtimes.next();
  await codeMode.openSession({ id: "s" }).exec("text(1)");
  const families = readOpenMetrics(openMetrics(codeMode.stats()));
  const [records] = families.get("codecell_durable_records")?.samples ?? [];
  expect(records?.value).toBeGreaterThan(1);
  expect(families.get("codecell_durable_append_duration_seconds")?.type).toBe("histogram");
});

test("what another part of a program counts is in the text, whatever its labels say", async () => {
  await using codeMode = createCodeMode();
  const text = openMetrics(codeMode.stats(), [
    {
      name: "my.requests",
      unit: "{request}",
      type: "counter",
      help: 'Says "hello"\nand more.',
      readings: [{ labels: { route: 'a"b\\c\nd' }, value: 3 }],
    },
  ]);
  const family = readOpenMetrics(text).get("my_requests");
  expect(family?.samples).toEqual([
    { name: "my_requests_total", labels: '{route="a\\"b\\\\c\\nd"}', value: 3 },
  ]);
});
