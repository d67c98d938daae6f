import { readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, test } from "vitest";
import { runExample } from "../support/child.js";
import { cellIdOf, exec, ownEnvironment, textsOf, wait } from "../support/gateway.js";
import { root } from "../support/mcp.js";
import { messageOf, resultOf, toolUse, words } from "../support/messages-wire.js";
import {
  customCall,
  functionCall,
  message,
  outputOf,
  responseOf,
} from "../support/responses-wire.js";
import { runningCellOf, ScriptedServer, type ScriptedStep } from "../support/scripted-server.js";

/** Yields before it has called its tool. */
const program = 'yield_control(); text(await tools.weather({ city: "Oslo" }));';

interface Example {
  readonly name: string;
  readonly steps: readonly ScriptedStep[];
  /** Where the example's client finds the server, and a key it does not look at. */
  environment(origin: string): Readonly<Record<string, string>>;
}

const examples: readonly Example[] = [
  {
    name: "ai-sdk",
    environment: (origin) => ({ OPENAI_BASE_URL: `${origin}/v1`, OPENAI_API_KEY: "none" }),
    steps: [
      () => responseOf(functionCall("call_1", "exec", { code: program })),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "call_1"));
        return responseOf(functionCall("call_2", "wait", { cell_id }));
      },
      (request) => responseOf(message(`I read: ${outputOf(request, "call_2")}`)),
    ],
  },
  {
    name: "openai",
    environment: (origin) => ({ OPENAI_BASE_URL: `${origin}/v1`, OPENAI_API_KEY: "none" }),
    steps: [
      () => responseOf(customCall("call_1", "exec", program)),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "call_1"));
        return responseOf(functionCall("call_2", "wait", { cell_id }));
      },
      (request) => responseOf(message(`I read: ${outputOf(request, "call_2")}`)),
    ],
  },
  {
    name: "anthropic",
    environment: (origin) => ({ ANTHROPIC_BASE_URL: origin, ANTHROPIC_API_KEY: "none" }),
    steps: [
      () => messageOf(toolUse("toolu_1", "exec", { code: program })),
      (request) => {
        const cell_id = runningCellOf(resultOf(request, "toolu_1"));
        return messageOf(toolUse("toolu_2", "wait", { cell_id }));
      },
      (request) => messageOf(words(`I read: ${resultOf(request, "toolu_2")["content"]}`)),
    ],
  },
];

test("examples/mcp.mjs goes from exec over wait to its end", async () => {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: ["examples/mcp.mjs"],
      cwd: root,
      env: ownEnvironment(),
    }),
  );
  const yielded = await exec(client, program);
  expect(yielded.content).toHaveLength(1);
  expect(textsOf(await wait(client, cellIdOf(yielded)))).toEqual(["rain in Oslo"]);
  await client.close();
});

test.each([
  ...examples.map(({ name }) => [name, name]),
  ["mcp", "mcp"],
  ["durable", "durable-cells"],
])("examples/%s.mjs is the program on its page", (name, pageName) => {
  const page = readFileSync(`docs/${pageName}.md`, "utf8");
  expect(page).toContain(`\`\`\`js\n${readFileSync(`examples/${name}.mjs`, "utf8")}\`\`\`\n`);
});

test.each([
  ["google", "google"],
  ["langchain", "langchain"],
  ["anthropic", "claude-agent"],
])(
  "docs/%s.md has the program in test/frameworks/%s that check:frameworks compiles",
  (page, name) => {
    const program = readFileSync(`test/frameworks/${name}/program.ts`, "utf8");
    const block = `\`\`\`typescript\n${program}\`\`\`\n`;
    expect(readFileSync(`docs/${page}.md`, "utf8")).toContain(block);
  },
);

describe.each(examples)("examples/$name.mjs", ({ name, steps, environment }) => {
  test("goes from exec over wait to the model's answer", async () => {
    await using server = await ScriptedServer.start(steps);
    const end = await runExample(name, environment(server.origin));
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(end.stdout).toMatch(/^I read: .*Script completed\nWall time .*\nrain in Oslo\n$/s);
    expect(server.requests).toHaveLength(steps.length);
  });
});
