import { expect, test } from "vitest";
import { metricsRoute } from "../../../src/server/http/metrics-route.js";
import { RequestCounts } from "../../../src/server/http/request-counts.js";
import { readOpenMetrics } from "../../support/open-metrics.js";
import { Served, twoTenants } from "../../support/served.js";

test("/metrics has what the server does and has done, for administrators alone", async () => {
  const requests = new RequestCounts();
  await using served = await Served.start({
    keys: twoTenants,
    routes: (codeMode) => [metricsRoute(codeMode, requests)],
    onAnswered: (answered) => requests.add(answered),
  });
  await served.exec("s", "text(1)");
  await served.ask("GET", "/what/is/no/route");
  expect((await served.ask("GET", "/metrics", { key: "a" })).status).toBe(403);
  expect((await served.ask("GET", "/metrics", { key: "" })).status).toBe(401);
  const { text, headers } = await served.ask("GET", "/metrics", { key: "admin" });
  expect(headers.get("content-type")).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
  const families = readOpenMetrics(text);
  expect(families.get("codecell_cells_ended")?.samples).toContainEqual({
    name: "codecell_cells_ended_total",
    labels: '{status="completed"}',
    value: 1,
  });
  const requested = families.get("codecell_http_requests")?.samples;
  expect(requested).toContainEqual({
    name: "codecell_http_requests_total",
    labels: '{method="POST",route="/v1/sessions/{session}/cells",status="200"}',
    value: 1,
  });
  expect(text).not.toContain("no/route");
  expect(families.get("process_resident_memory_bytes")?.samples[0]?.value).toBeGreaterThan(1e6);
  expect(families.get("process_cpu_seconds")?.type).toBe("counter");
});
