import { describe, expect, test } from "vitest";
import { OpenRequests } from "../../src/mcp/gateway/open-requests.js";

const request = (id: unknown): object => ({ id, method: "ping" });

describe("the requests that have no answer yet", () => {
  test.each<[string, unknown, readonly unknown[]]>([
    ["a request with a number", request(1), [1]],
    ["a request with a text", request("a"), ["a"]],
    ["several requests", [request(1), request("1"), request(2)], [1, "1", 2]],
    ["a notification", { method: "ping" }, []],
    ["an answer", { id: 1, result: {} }, []],
    ["an id that is none", [request(null), request(true), request({})], []],
    ["what is no message", [null, undefined, 1, "text", []], []],
    ["no body", undefined, []],
  ])("of %s", (_what, body, ids) => {
    const requests = new OpenRequests();
    const begun = requests.begin(body);
    expect(requests.ids).toEqual(ids);
    expect("taken" in begun).toBe(false);
    if ("done" in begun) begun.done();
    expect(requests.ids).toEqual([]);
  });

  test("refuse an id that is taken, with all that came with it", () => {
    const requests = new OpenRequests();
    requests.begin(request(1));
    expect(requests.begin([request(2), request(1), request(3)])).toEqual({ taken: 1 });
    expect(requests.begin([request(4), request(4)])).toEqual({ taken: 4 });
    expect(requests.ids).toEqual([1]);
  });

  test("give an id back when its request has ended", () => {
    const requests = new OpenRequests();
    requests.begin([request(1), request(2)]);
    for (const id of [1, undefined, {}]) requests.end(id);
    expect(requests.ids).toEqual([2]);
    expect("taken" in requests.begin(request(1))).toBe(false);
  });
});
