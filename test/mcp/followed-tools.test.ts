import { describe, expect, test } from "vitest";
import type { NamedTool } from "../../src/index.js";
import { FollowedTools } from "../../src/mcp/client/followed-tools.js";

const toolsOf = (...names: readonly string[]): readonly NamedTool[] =>
  names.map((name) => ({ name, execute: () => undefined }));

interface Listing {
  resolve(tools: readonly NamedTool[]): void;
  reject(error: Error): void;
}

/** A server's tools; each list of them that is asked for waits for its test. */
function followed() {
  const asked: Listing[] = [];
  const told: string[][] = [];
  const server = { isOpen: true };
  const tools = new FollowedTools({
    list: () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
    isOpen: () => server.isOpen,
    onChange: (changed) => told.push(changed.map(({ name }) => name)),
  });
  tools.current = toolsOf("first");
  return { tools, asked, told, server };
}

describe("a server that says that its tools have changed", () => {
  test("is asked for them, and tools that differ are told", async () => {
    const { tools, asked, told } = followed();
    for (const names of [["first", "second"], ["second"], ["second", "third"]]) {
      const following = tools.follow();
      asked.at(-1)?.resolve(toolsOf(...names));
      await following;
      expect(told.at(-1)).toEqual(names);
      expect(tools.current.map(({ name }) => name)).toEqual(names);
    }
  });

  test("has told nothing if they are the same", async () => {
    const { tools, asked, told } = followed();
    const before = tools.current;
    const following = tools.follow();
    asked[0]?.resolve(toolsOf("first"));
    await following;
    expect(told).toEqual([]);
    expect(tools.current).toBe(before);
  });

  test("is asked once more, however often it says so meanwhile", async () => {
    const { tools, asked, told } = followed();
    const following = tools.follow();
    for (let count = 0; count < 3; count += 1) await tools.follow();
    expect(asked).toHaveLength(1);
    asked[0]?.resolve(toolsOf("second"));
    while (asked.length < 2) await new Promise(setImmediate);
    asked[1]?.resolve(toolsOf("third"));
    await following;
    expect(asked).toHaveLength(2);
    expect(told).toEqual([["second"], ["third"]]);
  });

  test("and is gone when it has listed them keeps those it had", async () => {
    const { tools, asked, told, server } = followed();
    const following = tools.follow();
    server.isOpen = false;
    asked[0]?.resolve(toolsOf("second"));
    await following;
    await tools.follow();
    expect(asked).toHaveLength(1);
    expect(told).toEqual([]);
    expect(tools.current.map(({ name }) => name)).toEqual(["first"]);
  });

  test("and does not list them keeps those it had, and is asked when it says so again", async () => {
    const { tools, asked, told } = followed();
    const failing = tools.follow();
    asked[0]?.reject(new Error("not now"));
    await failing;
    expect(told).toEqual([]);
    const following = tools.follow();
    asked[1]?.resolve(toolsOf("second"));
    await following;
    expect(told).toEqual([["second"]]);
  });
});
