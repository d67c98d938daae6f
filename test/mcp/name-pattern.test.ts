import { describe, expect, test } from "vitest";
import { ApprovalRules } from "../../src/cli/approve/approval-rules.js";
import type { ApprovalRequest } from "../../src/index.js";
import { fitsPattern } from "../../src/mcp/client/name-pattern.js";
import { FilteredNames } from "../../src/mcp/client/tool-filter.js";

describe("a pattern of names", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["", [""], ["a"]],
    ["abc", ["abc"], ["", "ab", "abcd", "xabc", "ABC", "a?c"]],
    ["*", ["", "a", "a_b", "*"], []],
    ["**", ["", "a"], []],
    ["?", ["a", "*"], ["", "ab"]],
    ["a*", ["a", "ab", "a*"], ["", "ba"]],
    ["*a", ["a", "ba", "aba"], ["ab", ""]],
    ["a*c", ["ac", "abc", "abcc"], ["a", "c", "abcd"]],
    ["a?c", ["abc", "a?c"], ["ac", "abbc"]],
    ["*ab*ab", ["abab", "ababab", "xabyab"], ["ab", "ababx"]],
    ["a*?", ["ab", "abc"], ["a"]],
    ["a.c", ["a.c"], ["abc"]],
    ["delete_*", ["delete_", "delete_file"], ["delete", "undelete_file"]],
  ])("%s", (pattern, fitting, others) => {
    expect(fitting.filter((name) => !fitsPattern(name, pattern))).toEqual([]);
    expect(others.filter((name) => fitsPattern(name, pattern))).toEqual([]);
  });

  test("takes no longer than the product of both lengths", () => {
    expect(fitsPattern("a".repeat(1000), `${"*a".repeat(500)}b`)).toBe(false);
  });
});

describe("the tools of a server that are offered", () => {
  const names = ["read", "read_all", "write", "delete"];

  test.each<
    [
      { enabledTools?: readonly string[]; disabledTools?: readonly string[] },
      readonly string[],
      readonly string[],
    ]
  >([
    [{}, names, []],
    [{ enabledTools: [] }, [], []],
    [{ enabledTools: ["read*"] }, ["read", "read_all"], []],
    [{ disabledTools: ["read"] }, ["read_all", "write", "delete"], []],
    [{ enabledTools: ["read*", "none"], disabledTools: ["*_all", "x*"] }, ["read"], ["none", "x*"]],
    [{ enabledTools: ["read"], disabledTools: ["delete"] }, ["read"], []],
  ])("of %j", (filter, offered, unused) => {
    const filtered = new FilteredNames(filter);
    expect(names.filter((name) => filtered.has(name))).toEqual(offered);
    expect(filtered.unused).toEqual(unused);
  });
});

describe("--approve", () => {
  const read = { tool: "mcp__files__read", namespace: "mcp/files" } as ApprovalRequest;
  const plain = { tool: "read", namespace: "" } as ApprovalRequest;
  const yes = (pattern: string): object => ({ approved: true, reason: `--approve ${pattern}` });
  const no = { approved: false, reason: "codecell was started with --approve none" };

  test.each<[readonly string[], unknown, unknown]>([
    [[], undefined, undefined],
    [["ask"], undefined, undefined],
    [["none"], no, no],
    [["all"], yes("all"), yes("all")],
    [["none", "all"], yes("all"), yes("all")],
    [["read"], yes("read"), yes("read")],
    [["mcp__*__read"], yes("mcp__*__read"), undefined],
    [["mcp__files__read", "none"], yes("mcp__files__read"), no],
    [["files__read", "ead"], undefined, undefined],
    [["ad", "le", "read_"], undefined, undefined],
    [["write", "re*"], yes("re*"), yes("re*")],
  ])("%j", (approve, ofServer, ofHost) => {
    const { decide } = new ApprovalRules(approve);
    expect(decide(read)).toEqual(ofServer);
    expect(decide(plain)).toEqual(ofHost);
  });

  test.each([
    ["ask", undefined],
    ["none", no],
  ])("%s is no name of a tool, though a tool is named so", (word, decision) => {
    const { decide } = new ApprovalRules([word]);
    expect(decide({ ...read, tool: `mcp__files__${word}` })).toEqual(decision);
    expect(decide({ ...plain, tool: word })).toEqual(decision);
    const ofName = new ApprovalRules([`*__${word}`]).decide;
    expect(ofName({ ...read, tool: `mcp__files__${word}` })).toEqual(yes(`*__${word}`));
  });
});
