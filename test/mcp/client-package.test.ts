import { describe, expect, test } from "vitest";
import { withMcpClient } from "../../src/mcp/client/client-package.js";

/** An import's error. */
function missing(name: string, code?: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}'`), code && { code });
}

describe("what needs the official MCP client", () => {
  test("is loaded where it is installed", async () => {
    expect(await withMcpClient(async () => "loaded")).toBe("loaded");
  });

  test.each(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"])(
    "says what to install where that is missing: %s",
    async (code) => {
      const error = missing("@codecell/mcp", code);
      await expect(withMcpClient(() => Promise.reject(error))).rejects.toMatchObject({
        code: "ERR_PACKAGE_MISSING",
        message:
          "MCP servers need the package @codecell/mcp, which is not installed. Run `npm install @codecell/mcp`.",
        cause: error,
      });
    },
  );

  test.each([
    ["another package is missing", missing("zod", "ERR_MODULE_NOT_FOUND")],
    ["it fails otherwise", missing("@codecell/mcp", "ERR_INVALID_PACKAGE_CONFIG")],
    ["it fails without a code", missing("@codecell/mcp")],
  ])("fails as it does where %s", async (_what, error) => {
    await expect(withMcpClient(() => Promise.reject(error))).rejects.toBe(error);
  });
});
