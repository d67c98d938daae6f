// How the host stops most cells, and how they end.

/** @type {import("../attack.mjs").Stop} */
export const terminate = { by: "terminate", when: "output" };

/** @type {import("../attack.mjs").Expectation} */
export const terminated = { status: "terminated", reason: "requested", output: ["in"] };
