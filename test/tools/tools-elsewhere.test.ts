import { expect, test, vi } from "vitest";
import { declareTools, type ToolSource } from "../../src/index.js";

const execute = (): unknown => null;
/** Warnings are given once in a process, so each test has names of its own. */
let names = 0;

/** What is declared of a tool, and what the process is warned of when it is declared twice. */
function declared(tool: object): { readonly name: string; text: string; warnings: unknown[] } {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  try {
    names += 1;
    const name = `tool_${names}_${Date.now()}`;
    const tools = { other: { execute }, [name]: tool } as ToolSource;
    declareTools(tools);
    return { name, text: declareTools(tools), warnings: emit.mock.calls };
  } finally {
    emit.mockRestore();
  }
}

test.each<[string, object]>([
  ["in version 5", { type: "provider-defined" }],
  ["in version 6", { type: "provider" }],
  ["in version 7", { type: "provider", isProviderExecuted: true, execute }],
])("a tool of the AI SDK that its provider runs is left out, with one warning: %s", (_, tool) => {
  const { name, text, warnings } = declared(tool);
  expect(text).not.toContain(name);
  expect(text).toContain("other(");
  expect(warnings).toEqual([
    [
      `The option "tools" leaves out "${name}": such tools are no functions of this program. Give them to the model itself, beside exec.`,
      { type: "CodecellWarning", code: "TOOLS_LEFT_OUT" },
    ],
  ]);
});

test.each<[string, object]>([
  ["in version 5", { type: "provider-defined", execute }],
  ["in version 7", { type: "provider", isProviderExecuted: false, execute }],
  ["of any kind", { type: "function", execute }],
  ["whoever says it is another's", { isProviderExecuted: true, execute }],
])("a tool of the AI SDK that this program runs is one, without a warning: %s", (_, tool) => {
  const { name, text, warnings } = declared(tool);
  expect(text).toContain(name);
  expect(warnings).toEqual([]);
});

test("a tool that nobody runs is refused", () => {
  expect(() => declared({ type: "dynamic" })).toThrow('its "execute" must be a function');
});
