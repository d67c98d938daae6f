import { describe, expect, test } from "vitest";
import { toIdentifier, toToolNames } from "../../src/tools/tool-names.js";
import { ToolSet } from "../../src/tools/tool-set.js";

const execute = (): unknown => null;
const tool = { execute };

const namesOf = (set: ToolSet): readonly string[] => set.tools.map(({ name }) => name);

describe("identifiers", () => {
  test.each([
    ["my-tool.v2", "my_tool_v2"],
    ["1abc", "_abc"],
    ["class", "class"],
    ["a b", "a_b"],
    ["ünï", "_n_"],
    ["a😀b", "a_b"],
    ["$x_1", "$x_1"],
    ["__proto__", "__proto__"],
  ])("%s becomes %s", (given, name) => {
    expect(toIdentifier(given)).toBe(name);
  });
});

describe("namespaces", () => {
  test("a tool without one has one name", () => {
    expect(toToolNames("a-b", undefined)).toEqual({ name: "a_b", ownName: "a_b", namespace: "" });
  });

  test("a tool that already carries its namespace keeps it once", () => {
    expect(toToolNames("mcp__srv__do-it", "mcp__srv__")).toEqual({
      name: "mcp__srv__do_it",
      ownName: "do_it",
      namespace: "mcp/srv",
    });
  });

  test("a tool that does not carry it gets it in front", () => {
    expect(toToolNames("do-it", "mcp/my-srv")).toEqual({
      name: "mcp__my_srv__do_it",
      ownName: "do_it",
      namespace: "mcp/my-srv",
    });
  });

  test("an own name that begins with a digit is an identifier of its own", () => {
    expect(toToolNames("1a", "srv")).toEqual({
      name: "srv__1a",
      ownName: "_a",
      namespace: "srv",
    });
  });

  test("a tool that is called as its namespace is one of it", () => {
    expect(toToolNames("mcp__srv__", "mcp/srv")).toEqual({
      name: "mcp__srv__mcp__srv__",
      ownName: "mcp__srv__",
      namespace: "mcp/srv",
    });
  });

  test("single underscores within a namespace are its own", () => {
    expect(toToolNames("a", "_my_srv_").namespace).toBe("my_srv");
  });

  test("nothing but separators is no namespace", () => {
    expect(toToolNames("a", "__/_").namespace).toBe("");
  });
});

describe("registration", () => {
  test("two tools that would get one name are refused with both names", () => {
    expect(() => ToolSet.empty.with({ "a-b": tool, a_b: tool })).toThrow(
      expect.objectContaining({
        code: "ERR_TOOL_NAME_CONFLICT",
        message: expect.stringMatching(/"a-b" and "a_b".*"a_b"/),
      }),
    );
  });

  test("two tools that would get one name in their namespace's module are refused", () => {
    const tools = [
      { name: "1a", namespace: "s", execute },
      { name: "_a", namespace: "s", execute },
    ];
    expect(() => ToolSet.empty.with(tools)).toThrow(/"1a" and "_a".*tools\/s\.js/);
  });

  test("a tool that would hide the list of tools is refused", () => {
    for (const name of ["ALL_TOOLS", "ALL-TOOLS"]) {
      expect(() => ToolSet.empty.with({ [name]: tool })).toThrow(
        expect.objectContaining({
          code: "ERR_TOOL_NAME_CONFLICT",
          message: `The tool "${name}" would hide ALL_TOOLS, the list of tools; rename it.`,
        }),
      );
    }
    expect(namesOf(ToolSet.empty.with([{ name: "ALL_TOOLS", namespace: "s", execute }]))).toEqual([
      "s__ALL_TOOLS",
    ]);
  });

  test("records, lists and lists of both are sources", () => {
    const set = ToolSet.empty.with([{ a: tool }, [{ name: "b", execute }], { c: tool }]);
    expect(namesOf(set)).toEqual(["a", "b", "c"]);
    expect(namesOf(ToolSet.empty.with([{ name: "d", execute }]))).toEqual(["d"]);
  });

  test("a later source replaces a tool of the same name in its place", () => {
    const session = ToolSet.empty.with({ a: tool, b: tool });
    const exec = session.with({ c: tool, a: { execute, description: "other" } });
    expect(namesOf(exec)).toEqual(["a", "b", "c"]);
    expect(exec.tools[0]?.description).toBe("other");
    expect(session.tools[0]?.description).toBe("");
  });

  test("a tool may be called __proto__ or constructor", () => {
    const set = ToolSet.empty.with([
      { name: "__proto__", execute },
      { name: "constructor", execute },
    ]);
    expect(namesOf(set)).toEqual(["__proto__", "constructor"]);
  });

  test("a tool without execute is refused by name", () => {
    expect(() => ToolSet.empty.with({ odd: {} as never })).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_TOOL",
        message:
          'The tool "odd" cannot be used: its "execute" must be a function, and is undefined.',
      }),
    );
  });

  test("a tool in a list without a name is refused", () => {
    expect(() => ToolSet.empty.with([{ execute } as never])).toThrow(/must have its "name"/);
  });

  test("what is no source at all is refused", () => {
    expect(() => ToolSet.empty.with("tools" as never)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
    );
  });
});
