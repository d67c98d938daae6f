import { describe, expect, test } from "vitest";
import { readMessages } from "../../src/mcp/client/read-message.js";

const answer = { jsonrpc: "2.0", id: 1, result: {} };
const news = { jsonrpc: "2.0", method: "notifications/x" };
const none =
  'the server\'s answer is none: it needs a "result" that is an object, or an "error" with a number as "code" and a text as "message"';
const failed = (id: unknown, said?: string) => ({
  jsonrpc: "2.0",
  id,
  error: { code: -32_603, message: said === undefined ? none : `${none}; it says: ${said}` },
});

describe("a line of a server", () => {
  test.each<readonly [unknown, readonly unknown[]]>([
    [answer, [answer]],
    [news, [news]],
    [
      [answer, news],
      [answer, news],
    ],
    [[5, answer, null, "a"], [answer]],
    [{ id: 1, result: {} }, [failed(1)]],
    [{ id: "a" }, [failed("a")]],
    [{ id: 1, error: "no disk" }, [failed(1, "no disk")]],
    [{ id: 1, error: { message: "no disk" } }, [failed(1, "no disk")]],
    [{ id: 1, error: { message: 7 } }, [failed(1)]],
    [{ id: 1, error: null }, [failed(1)]],
    [{ id: 1, error: 7 }, [failed(1)]],
    [
      [{ id: 1 }, { id: 2 }],
      [failed(1), failed(2)],
    ],
  ])("%j is the messages %j", (line, messages) => {
    expect(readMessages(JSON.stringify(line))).toEqual(messages);
  });

  test.each([
    "usage: server DIRECTORY",
    "",
    "5",
    "null",
    '"a"',
    "[]",
    "[5, null]",
    "{}",
    '{"id":null}',
    '{"id":true}',
    '{"id":{}}',
    '{"id":1,"method":"x"}',
    '{"method":"x"}',
    `{"jsonrpc":"2.0","id":1,"result":{}`,
  ])("%j is no message", (line) => {
    expect(readMessages(line)).toBeUndefined();
  });
});
