import { expect, test } from "vitest";
import { toApproval } from "../../src/cli/approval-options.js";

test.each([
  [{}, { "*": "auto" }],
  [{ ask: ["a*"] }, { "a*": "ask", "*": "auto" }],
  [{ ask: ["*"] }, { "*": "ask" }],
  [
    { ask: ["*"], deny: ["delete_*"] },
    { "delete_*": "deny", "*": "ask" },
  ],
  [
    { ask: ["5"], deny: ["6"] },
    { 5: "ask", 6: "deny", "*": "auto" },
  ],
  [
    { ask: ["5"], deny: ["?"] },
    { "?": "deny", "*": "auto" },
  ],
  [{ ask: ["a"], deny: ["*"] }, "deny"],
] as const)("%j: what is denied is denied before anybody is asked", (options, approval) => {
  const policies = toApproval(options);
  expect(policies).toEqual(approval);
  // The first pattern that fits a name holds.
  expect(Object.keys(policies)).toEqual(Object.keys(approval));
});
