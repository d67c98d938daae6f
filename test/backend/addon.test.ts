import { join } from "node:path";
import { expect, test } from "vitest";
import { runExample } from "../support/child.js";
import { root } from "../support/mcp.js";

const notAnAddon = join(root, "package.json");

test.each([
  [
    "is not there",
    { CODECELL_ADDON: "/nowhere/codecell.node" },
    /no native addon for Node v\S+ \(ABI \d+\) on linux-\w+ with (glibc [\d.]+|musl)\. Looked for \/nowhere\/codecell\.node\. codecell supports Node 20\.11, .*Unset CODECELL_ADDON.*ERR_ADDON_MISSING/s,
  ],
  [
    "is no addon",
    { CODECELL_ADDON: notAnAddon },
    /package\.json is not codecell's native addon.*ERR_ADDON_MISMATCH/s,
  ],
  [
    "may not be loaded",
    { NODE_OPTIONS: "--no-addons" },
    /Start Node without --no-addons.*ERR_ADDON_MISMATCH/s,
  ],
])("an addon that %s is an error that says what to do", async (_what, environment, expected) => {
  const { code, signal, stderr } = await runExample("embed", environment);
  expect({ code, signal }).toEqual({ code: 1, signal: null });
  expect(stderr).toMatch(expected);
});
