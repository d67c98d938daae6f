/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofAdapters = [
  {
    file: "adapters/ai/ai-approval.ts",
    line: "const needsApproval = tool?.needsApproval as NeedsApproval | undefined;",
    change: "tool?.needsApproval → tool.needsApproval",
    why: "The name is that of a tool of the set.",
  },
];
