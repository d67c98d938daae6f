import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { openSession } from "../support/cells.js";

test("tools, approvals and handlers run in the async context of the exec that started the cell", async () => {
  const user = new AsyncLocalStorage<string>();
  const seen = new Map<string, Set<string>>();
  const see = (where: string): void => {
    const name = user.getStore() ?? "none";
    const places = seen.get(name) ?? new Set();
    seen.set(name, places.add(where));
  };
  await using session = openSession({
    tools: {
      look: {
        approval: () => {
          see("approval");
          return "ask";
        },
        execute: async () => {
          see("tool");
          await new Promise((resolve) => setImmediate(resolve));
          see("tool, later");
        },
      },
    },
    onApproval: () => {
      see("onApproval");
      return true;
    },
    onNotify: () => see("onNotify"),
    onEvent: ({ type }) => see(type),
  });
  const source = `await tools.look(); notify("a"); text("b");`;
  await Promise.all(["Ada", "Ben"].map((name) => user.run(name, () => session.exec(source))));
  const places = [
    "approval",
    "approvalRequested",
    "approvalSettled",
    "ended",
    "notify",
    "onApproval",
    "onNotify",
    "output",
    "started",
    "tool",
    "tool, later",
    "toolCallSettled",
    "toolCallStarted",
  ];
  const sorted = [...seen].map(([name, at]) => [name, [...at].sort()]);
  expect(Object.fromEntries(sorted)).toEqual({ Ada: places, Ben: places });
});
