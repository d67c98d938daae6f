import { describe, expect, test } from "vitest";
import { CodeModeError, type CodeModeErrorCode } from "../../../src/index.js";
import { toldError } from "../../../src/server/http/http-error.js";
import type { Route } from "../../../src/server/http/route.js";
import { ServiceError, type ServiceErrorCode } from "../../../src/server/service-error.js";
import { Served } from "../../support/served.js";

describe("what a client is told", () => {
  test.each<[ServiceErrorCode, number]>([
    ["ERR_BODY", 400],
    ["ERR_UNAUTHORIZED", 401],
    ["ERR_FORBIDDEN", 403],
    ["ERR_NOT_FOUND", 404],
    ["ERR_QUOTA", 429],
    ["ERR_DRAINING", 503],
    ["ERR_UNAVAILABLE", 503],
  ])("of %s is the status %d and its words, and what led to it is hidden", (code, status) => {
    const cause = new Error("of the server");
    const error = new ServiceError(code, "Words.", { retryAfterMs: 5, cause });
    const told = { status, code, message: "Words.", retryAfterMs: 5, hidden: cause };
    expect(toldError(error)).toEqual(told);
    expect(toldError(new ServiceError(code, "Words.", { status: 418 })).status).toBe(418);
  });

  test.each<[CodeModeErrorCode, number, number | undefined]>([
    ["ERR_INVALID_OPTION", 400, undefined],
    ["ERR_CELL_BUSY", 409, 1000],
    ["ERR_QUEUE_FULL", 429, 1000],
  ])("of %s is the status %d and its words, with a time where it passes", (code, status, retry) => {
    const told = toldError(new CodeModeError(code, "Words."));
    expect(told).toMatchObject({ status, code, message: "Words." });
    expect([told.retryAfterMs, told.hidden]).toEqual([retry, undefined]);
  });

  test.each<[CodeModeErrorCode, string]>([
    ["ERR_STORE_UNAVAILABLE", "The store of this server cannot be reached now; try again."],
    ["ERR_SESSION_CLOSED", "This server is about to end; ask again."],
    ["ERR_TOO_MANY_ORPHANS", "This server can start no more cells; ask another."],
    ["ERR_THREAD_START", "This server can start no more cells now; try again."],
    ["ERR_PROCESS_START", "This server can start no more cells now; try again."],
  ])("of %s is that it passes, and not the server's own words", (code, message) => {
    const error = new CodeModeError(code, "/var/lib/secret");
    expect(toldError(error)).toEqual({
      ...{ status: 503, code, message },
      ...{ retryAfterMs: 1000, hidden: error },
    });
  });

  test("of other errors of codecell is their code, and of all others nothing", () => {
    const known = new CodeModeError("ERR_STORE_KEY", "/var/lib/secret");
    expect(toldError(known)).toMatchObject({ status: 500, code: "ERR_STORE_KEY", hidden: known });
    const other = new TypeError("/var/lib/secret");
    expect(toldError(other)).toMatchObject({ status: 500, code: "ERR_INTERNAL", hidden: other });
    for (const error of [known, other]) {
      expect(toldError(error).message).not.toContain("secret");
      expect(toldError(error).retryAfterMs).toBeUndefined();
    }
  });

  test("has the time in whole seconds, at least one, and how to show who asks", async () => {
    const errors = new Map([
      ["soon", new ServiceError("ERR_QUOTA", "Wait.", { retryAfterMs: 0 })],
      ["later", new ServiceError("ERR_QUOTA", "Wait.", { retryAfterMs: 1001 })],
      ["who", new ServiceError("ERR_UNAUTHORIZED", "Who?")],
    ]);
    const routes = [...errors].map(([name, error]): Route => {
      const handle = (): never => {
        throw error;
      };
      return { method: "GET", path: `/${name}`, access: "anyone", handle };
    });
    await using served = await Served.start({ routes });
    const told = async (name: string, header: string) => {
      const { status, headers, text } = await served.ask("GET", `/${name}`);
      expect(JSON.parse(text).error.requestId).toBe(headers.get("x-request-id"));
      return [status, headers.get(header)];
    };
    expect(await told("soon", "retry-after")).toEqual([429, "1"]);
    expect(await told("later", "retry-after")).toEqual([429, "2"]);
    expect(await told("who", "retry-after")).toEqual([401, null]);
    expect(await told("who", "www-authenticate")).toEqual([401, 'Bearer realm="codecell"']);
    expect(await told("soon", "www-authenticate")).toEqual([429, null]);
    expect(served.problems).toEqual([]);
  });

  test("of what fails in the middle of an answer is nothing: its connection is cut", async () => {
    const route: Route = {
      method: "GET",
      path: "/half",
      access: "anyone",
      handle: async ({ response }) => {
        await new Promise<void>((resolve) => response.write("half", () => resolve()));
        throw new Error("in the middle");
      },
    };
    await using served = await Served.start({ routes: [route] });
    await expect(served.ask("GET", "/half")).rejects.toThrow();
    expect(served.problems).toMatchObject([{ message: "in the middle" }]);
  });
});

test("a server that has ended answers nobody", async () => {
  const served = await Served.start();
  expect((await served.ask("GET", "/healthz")).status).toBe(200);
  await served[Symbol.asyncDispose]();
  await expect(served.ask("GET", "/healthz")).rejects.toThrow("fetch failed");
});
