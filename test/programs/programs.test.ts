import { describe, expect, test } from "vitest";
import { createCodeMode, createModelTools } from "../../src/index.js";
import { mcpTools } from "../../src/mcp.js";
import { answerText, corpus, expectedOf, judge, preparedTools } from "./catalogue.mjs";

const codeMode = createCodeMode({ tools: await preparedTools({ mcpTools }) });

describe.each([...corpus])("$idiom", ({ programs }) => {
  test.each([...programs])("$name", async (program) => {
    const { exec } = createModelTools(codeMode.openSession());
    const answer = await exec.execute({ code: program.source });
    expect(judge(program, answer), answerText(answer)).toBe(expectedOf(program));
  });
});

test("at least four of five programs that should work do", () => {
  const should = corpus.flatMap(({ programs }) => programs.filter(({ gives }) => gives));
  const working = should.filter((program) => expectedOf(program) === "works");
  expect(working.length / should.length).toBeGreaterThan(0.8);
});
