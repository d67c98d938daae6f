import { expect, test } from "vitest";
import { createCodeMode, createModelTools } from "../../src/index.js";
import { textsOf } from "../support/cells.js";

const tool = (answer: string) => ({ execute: () => answer });

test("cells that start after setTools have the new tools, and the runtime's", async () => {
  await using codeMode = createCodeMode({ tools: { shared: tool("runtime") } });
  await using session = codeMode.openSession({ tools: { old: tool("old") } });
  const names = "text(ALL_TOOLS.map(({ name }) => name).join())";
  expect(textsOf(await session.exec(names))).toEqual(["shared,old"]);
  session.setTools({ fresh: tool("fresh") });
  expect(textsOf(await session.exec(names))).toEqual(["shared,fresh"]);
  expect(textsOf(await session.exec("text(await tools.fresh())"))).toEqual(["fresh"]);
  session.setTools([]);
  expect(textsOf(await session.exec(names))).toEqual(["shared"]);
});

test("a cell that runs keeps the tools it was started with", async () => {
  await using codeMode = createCodeMode();
  await using session = codeMode.openSession({ tools: { old: tool("old") } });
  const first = await session.exec("yield_control(); text(await tools.old());");
  session.setTools({ fresh: tool("fresh") });
  expect(textsOf(await session.wait(first.cellId))).toEqual(["old"]);
});

test("the model's description follows, and stays the same text as long as the tools do", async () => {
  await using codeMode = createCodeMode();
  const session = codeMode.openSession({ tools: { old: tool("old") } });
  const { exec } = createModelTools(session);
  const before = exec.description;
  expect(exec.description).toBe(before);
  session.setTools({ fresh: tool("fresh") });
  expect(exec.description).toContain("fresh(");
  expect(exec.description).not.toContain("old(");
  session.setTools({ old: tool("old") });
  expect(exec.description).toBe(before);
});

test("tools that cannot be used leave the session with those it had", async () => {
  await using codeMode = createCodeMode();
  await using session = codeMode.openSession({ tools: { old: tool("old") } });
  expect(() => session.setTools({ broken: {} as never })).toThrow("execute");
  expect(textsOf(await session.exec("text(await tools.old())"))).toEqual(["old"]);
});
