import { expect, test } from "vitest";
import type { CodeMode } from "../../src/index.js";
import { openTelemetry } from "../../src/otel.js";
import { EventLog, start } from "../support/cells.js";
import { DurableRuntimes, waitToEnd } from "../support/durable-runtimes.js";
import { callIt, erase } from "../support/erase-tool.js";
import { Traces } from "../support/traces.js";

async function approveOne(codeMode: CodeMode): Promise<void> {
  const [approval] = await codeMode.approvals();
  await codeMode.decide(approval?.approvalId ?? "", { verdict: "approve" });
}

test("a cell that is parked until an approval is decided says so in its one span", async () => {
  await using runtimes = new DurableRuntimes();
  const traces = new Traces();
  const telemetry = openTelemetry({ tracerProvider: traces.provider });
  const log = new EventLog();
  const options = { telemetry, parkAfterMs: 0, tools: { erase: erase("ask") }, onEvent: log.push };
  const codeMode = await runtimes.next(options);
  const session = codeMode.openSession();
  const cellId = await start(session, callIt);
  await log.seen("parked");
  await approveOne(codeMode);
  await log.seen("ended");
  const { events } = traces.one("codecell.cell");
  expect(events.map(({ name }) => name)).toEqual([
    "codecell.yielded",
    "codecell.parked",
    "codecell.unparked",
  ]);
  expect(log.events.filter(({ type }) => type === "unparked")).toMatchObject([{ cellId }]);
});

test("a cell that another process resumes is linked to where it began", async () => {
  await using runtimes = new DurableRuntimes();
  const traces = new Traces();
  const telemetry = openTelemetry({ tracerProvider: traces.provider });
  const log = new EventLog();
  const options = { telemetry, parkAfterMs: 0, tools: { erase: erase("ask") }, onEvent: log.push };
  const first = await runtimes.next(options);
  const cellId = await start(first.openSession({ id: "s" }), callIt);
  await log.seen("parked");
  const second = await runtimes.next(options);
  const began = traces.one("codecell.cell");
  expect(began.events.map(({ name }) => name)).toContain("codecell.parked");
  await approveOne(second);
  expect(await waitToEnd(second.openSession({ id: "s" }), cellId)).toMatchObject({
    status: "completed",
  });
  const resumed = traces.spans.filter(({ name }) => name === "codecell.cell").at(-1);
  expect(resumed?.attributes["codecell.cell.resumed"]).toBe(true);
  expect(resumed?.links.map((link) => link.context)).toMatchObject([
    { traceId: began.spanContext().traceId, spanId: began.spanContext().spanId },
  ]);
});

test("a cell that another process resumes is said to be resumed, also where it began untraced", async () => {
  await using runtimes = new DurableRuntimes();
  const log = new EventLog();
  const options = { parkAfterMs: 0, tools: { erase: erase("ask") }, onEvent: log.push };
  const cellId = await start((await runtimes.next(options)).openSession({ id: "s" }), callIt);
  await log.seen("parked");
  const traces = new Traces();
  const telemetry = openTelemetry({ tracerProvider: traces.provider });
  const later = await runtimes.next({ ...options, telemetry });
  await approveOne(later);
  await waitToEnd(later.openSession({ id: "s" }), cellId);
  const resumed = traces.one("codecell.cell");
  expect(resumed.attributes["codecell.cell.resumed"]).toBe(true);
  expect(resumed.links).toEqual([]);
});
