// Tests of jest: plain, and with ES modules.
import { shortProgram } from "../scratch.mjs";

export const needsPackages = true;

const test = `${shortProgram}\ntest("a cell", async () => expect(await answer()).toBe("42"));\n`;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  scratch.write("plain.test.cjs", `const { createCodeMode } = require("codecell");${test}`);
  scratch.write("esm.test.mjs", `import { createCodeMode } from "codecell";${test}`);
  const extensions = { moduleFileExtensions: ["js", "cjs", "mjs"], testTimeout: 600_000 };
  const jest = scratch.tool("jest/bin/jest.js");
  for (const [pattern, flags] of /** @type {const} */ ([
    ["**/plain.test.cjs", []],
    ["**/esm.test.mjs", ["--experimental-vm-modules"]],
  ])) {
    const config = JSON.stringify({ ...extensions, testMatch: [pattern], transform: {} });
    scratch.node([...flags, jest, "--config", config, "--rootDir", scratch.folder]);
  }
}
