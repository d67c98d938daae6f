import { expect, test } from "vitest";
import { toSessionTools } from "../../src/host-server/cell-run.js";
import { ToolCatalog } from "../../src/host-server/tool-catalog.js";
import type { WireTool } from "../../src/host-server/wire.js";

const tool = (name: string, more: Partial<WireTool> = {}): WireTool => ({
  name,
  toolName: { name },
  description: "",
  kind: "function",
  ...more,
});

test("a list without a revision is the one before where it is alike, so that nothing is made anew", () => {
  const catalog = new ToolCatalog();
  const first = catalog.toolsOf({ tools: [tool("a")] });
  expect(first).toEqual([tool("a")]);
  expect(catalog.toolsOf({ tools: [tool("a")] })).toBe(first);
  const other = catalog.toolsOf({ tools: [tool("b")] });
  expect(other).toEqual([tool("b")]);
  expect(catalog.toolsOf({ tools: [] })).toEqual([]);
});

test("a revision stands for its list until there is another, and lists without one change nothing of it", () => {
  const catalog = new ToolCatalog();
  const first = catalog.toolsOf({ tools: [tool("a")], catalogRevision: 1 });
  expect(catalog.toolsOf({ tools: [], catalogRevision: 1 })).toBe(first);
  expect(catalog.toolsOf({ tools: [tool("a")], catalogRevision: 1 })).toBe(first);
  expect(catalog.toolsOf({ tools: [tool("c")] })).toEqual([tool("c")]);
  expect(catalog.toolsOf({ tools: [], catalogRevision: 1 })).toBe(first);
  expect(catalog.toolsOf({ tools: [tool("b")], catalogRevision: 2 })).toEqual([tool("b")]);
  expect(() => catalog.toolsOf({ tools: [], catalogRevision: 1 })).toThrow(/^unknown/);
});

test.each<readonly [number, readonly WireTool[], string]>([
  [0, [tool("a")], "invalid code-mode catalog revision"],
  [-1, [tool("a")], "invalid code-mode catalog revision"],
  [0.5, [tool("a")], "invalid code-mode catalog revision"],
  [2 ** 53, [tool("a")], "invalid code-mode catalog revision"],
  [2, [], "unknown code-mode catalog revision"],
  [1, [tool("b")], "conflicting code-mode catalog revision"],
  [1, [tool("a", { description: "x" })], "conflicting code-mode catalog revision"],
])(
  "revision %d with %j is refused, and the one before stays",
  (catalogRevision, tools, message) => {
    const catalog = new ToolCatalog();
    const first = catalog.toolsOf({ tools: [tool("a")], catalogRevision: 1 });
    expect(() => catalog.toolsOf({ tools, catalogRevision })).toThrow(
      expect.objectContaining({ code: "refused", message }),
    );
    expect(catalog.toolsOf({ tools: [], catalogRevision: 1 })).toBe(first);
  },
);

test("of tools that programs would call by one name the last is taken", () => {
  const tools = toSessionTools([
    tool("read-file", { description: "first" }),
    tool("write", { kind: "freeform" }),
    tool("read_file", { description: "last" }),
  ]);
  expect(tools).toMatchObject([
    { name: "read_file", description: "last", kind: "function" },
    { name: "write", kind: "freeform" },
  ]);
});
