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

test("a histogram has what is up to each bound, in seconds, and its bounds are floats", async () => {
  await using codeMode = createCodeMode();
  const stats = codeMode.stats();
  const buckets = [
    { maxMs: 0.25, count: 1 },
    { maxMs: 1_000, count: 2 },
    { maxMs: Number.POSITIVE_INFINITY, count: 3 },
  ];
  const cells = { ...stats.cells, duration: { count: 6, sumMs: 2_500, buckets } };
  const text = openMetrics({ ...stats, cells });
  const family = "codecell_cell_duration_seconds";
  expect(text.split("\n").filter((line) => line.includes(family))).toEqual([
    `# TYPE ${family} histogram`,
    `# UNIT ${family} seconds`,
    expect.stringMatching(`^# HELP ${family} How long cells took`),
    `${family}_bucket{le="0.00025"} 1`,
    `${family}_bucket{le="1.0"} 3`,
    `${family}_bucket{le="+Inf"} 6`,
    `${family}_count 6`,
    `${family}_sum 2.5`,
  ]);
  expect(text.endsWith("\n# EOF\n")).toBe(true);
});

test("a gauge has its name, and bytes and counts have units as Prometheus has them", async () => {
  await using codeMode = createCodeMode();
  const stats = codeMode.stats();
  const memory = { ...stats.memory, unseenBytes: 7, toolInputBytes: 8 };
  const isolates = { ...stats.isolates, ready: 2, orphaned: 1 };
  const cells = { ...stats.cells, queued: 1, running: 2, yielded: 3, parked: 4, refused: 5 };
  const text = openMetrics({ ...stats, since: 1_500, sessions: 9, memory, isolates, cells });
  const lines = new Set(text.split("\n"));
  for (const line of [
    "codecell_runtime_start_time_seconds 1.5",
    "codecell_sessions 9",
    "codecell_memory_unseen_bytes 7",
    "codecell_memory_tool_inputs_bytes 8",
    'codecell_isolates{state="ready"} 2',
    'codecell_isolates{state="orphaned"} 1',
    'codecell_cells{state="queued"} 1',
    'codecell_cells{state="running"} 2',
    'codecell_cells{state="yielded"} 3',
    'codecell_cells{state="parked"} 4',
    "codecell_cells_refused_total 5",
  ]) {
    expect(lines).toContain(line);
  }
});
