import { describe, expect, test } from "vitest";
import { JsonScan } from "../../src/base/json-scan.js";
import { readLargeMessage, readToolsKey } from "../../src/mcp/client/large-message.js";

/** What stands for a message where no more than 20 values fit. */
function read(message: unknown): unknown {
  const bytes = Buffer.from(typeof message === "string" ? message : JSON.stringify(message));
  const scan = new JsonScan(20);
  scan.push(bytes);
  return readLargeMessage(bytes, scan);
}

const many = Array.from({ length: 30 }, (_, i) => i);
const failed = (id: unknown) => ({
  jsonrpc: "2.0",
  id,
  error: { code: -32_603, message: expect.stringContaining("values") },
});

describe("for a message of too many values stands", () => {
  test.each<readonly [string, unknown, unknown]>([
    ["an error for its number", { id: 7, result: { many } }, 7],
    ["an error for its text", { jsonrpc: "2.0", id: "a", result: { many } }, "a"],
    ["an error for an id that comes last", { result: { many }, id: 0 }, 0],
    ["an error for a list of tools of which none fits", { id: 1, result: { tools: [many] } }, 1],
    ["an error for a list that is none", { id: 1, result: { tools: { many } } }, 1],
    ["an error for a list beside the result", { id: 1, tools: many, result: many }, 1],
  ])("%s", (_what, message, id) => {
    expect(read(message)).toEqual(failed(id));
  });

  test.each<readonly [string, unknown]>([
    ["without an id", { method: "notifications/x", params: { many } }],
    ["whose id is null", { id: null, result: { many } }],
    ["whose id is neither a number nor a text", { id: true, result: { many } }],
    ["that is a list", many],
    ["that is no JSON", `{"id":1,"result":[${many.join()}`],
    ["of tools without an id", { result: { tools: many.map((i) => ({ i })) } }],
  ])("nothing for one %s", (_what, message) => {
    expect(read(message)).toBeUndefined();
  });

  test("a list of the first tools of a list, with what is beside them", () => {
    const tools = many.map((i) => ({ name: `t${i}` }));
    const beside = { nextCursor: "2", more: [] };
    for (const id of [1, "a"]) {
      const answer = read({ jsonrpc: "2.0", id, result: { ...beside, tools } }) as {
        readonly result: { readonly tools: readonly unknown[] };
      };
      const count = answer.result.tools.length;
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(10);
      expect(answer).toEqual({
        jsonrpc: "2.0",
        id,
        result: { ...beside, tools: tools.slice(0, count), _meta: { [readToolsKey]: count } },
      });
    }
  });
});
