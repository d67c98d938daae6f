import { expect, test } from "vitest";
import { matchRoute } from "../../../src/server/http/match-route.js";
import type { Route } from "../../../src/server/http/route.js";

function route(method: Route["method"], path: string): Route {
  return { method, path, access: "anyone", handle: () => {} };
}

const list = route("GET", "/v1/cells");
const one = route("GET", "/v1/cells/{cell}");
const ended = route("DELETE", "/v1/cells/{cell}");
const made = route("POST", "/v1/cells/{cell}/of/{session}");
const routes = [list, one, ended, made];

test.each<[string, string, Route, object]>([
  ["GET", "/v1/cells", list, {}],
  ["GET", "/v1/cells/a", one, { cell: "a" }],
  ["DELETE", "/v1/cells/a", ended, { cell: "a" }],
  ["POST", "/v1/cells/a/of/b", made, { cell: "a", session: "b" }],
  ["GET", "/v1/cells/A.z_0:9-", one, { cell: "A.z_0:9-" }],
  ["GET", "/v1/cells/%61", one, { cell: "a" }],
  ["GET", `/v1/cells/${"a".repeat(256)}`, one, { cell: "a".repeat(256) }],
])("%s %s is a route's, with the parts that it names", (method, path, expected, params) => {
  expect(matchRoute(routes, method, path)).toEqual({ type: "found", route: expected, params });
});

test.each([
  ["POST", "/v1/cells", ["GET"]],
  ["POST", "/v1/cells/a", ["GET", "DELETE"]],
  ["get", "/v1/cells", ["GET"]],
])("%s %s is told the methods of the path", (method, path, allow) => {
  expect(matchRoute(routes, method, path)).toEqual({ type: "otherMethod", allow });
});

test.each([
  "/",
  "",
  "/v1",
  "/v1/cells/",
  "/v1/cells//",
  "//v1/cells",
  "/v1/cell",
  "/v1/cells/a/",
  "/v1/cells/a/of",
  "/v1/cells/a/of/b/c",
  "/v1/cells/../cells",
  "/v1/%63ells",
  "/v1/cells/%2f",
  "/v1/cells/a%20b",
  "/v1/cells/%",
  "/v1/cells/%00",
  `/v1/cells/${"a".repeat(257)}`,
  `/v1/cells/${"%61".repeat(700)}`,
])("%s is no path of these", (path) => {
  expect(matchRoute(routes, "GET", path)).toEqual({ type: "missing" });
});

test("a path has 2048 characters at most, of which parts with escapes use up three each", () => {
  const escaped = (length: number) => `/v1/cells/${"%61".repeat(length)}`;
  expect(matchRoute(routes, "GET", escaped(256)).type).toBe("found");
  const longest = route("GET", `/${"a".repeat(2047)}`);
  expect(matchRoute([longest], "GET", longest.path).type).toBe("found");
  const longer = route("GET", `/${"a".repeat(2048)}`);
  expect(matchRoute([longer], "GET", longer.path).type).toBe("missing");
});
