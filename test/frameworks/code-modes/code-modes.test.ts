import { createCodeTool, tanstackTools } from "@cloudflare/codemode/tanstack-ai";
import { toolDefinition } from "@tanstack/ai";
import { createCodeModeTool } from "@tanstack/ai-code-mode";
import { createCodeMode } from "codecell";
import { expect, test } from "vitest";
import { z } from "zod";
import { codecellExecutor } from "./cloudflare.js";
import { codecellDriver } from "./tanstack.js";

const tanstackWeather = toolDefinition({
  name: "weather",
  description: "The weather.",
  inputSchema: z.object({ city: z.string() }),
  outputSchema: z.string(),
}).server(async ({ city }) => `rain in ${city}`);

test("TanStack AI's code mode runs its programs in cells", async () => {
  await using codeMode = createCodeMode();
  const { execute } = createCodeModeTool({
    driver: codecellDriver(codeMode),
    tools: [tanstackWeather as never],
    timeout: 20_000,
  });
  const run = (typescriptCode: string): Promise<unknown> =>
    Promise.resolve(execute?.({ typescriptCode } as never));
  const code = `console.warn("careful"); const city: string = "Oslo";
    return { said: await external_weather({ city }), kept: [1, null] };`;
  expect(await run(code)).toEqual({
    success: true,
    result: { said: "rain in Oslo", kept: [1, null] },
    logs: ["WARN: careful"],
  });
  expect(await run("external_nothing();")).toMatchObject({
    success: false,
    error: { name: "ReferenceError", message: "external_nothing is not defined" },
  });
});

test("Cloudflare's code mode runs its programs in cells", async () => {
  await using codeMode = createCodeMode();
  const { execute } = createCodeTool({
    tools: [tanstackTools([tanstackWeather as never])],
    executor: codecellExecutor(codeMode),
  });
  const run = (code: string): Promise<unknown> => Promise.resolve(execute?.({ code } as never));
  expect(
    await run('async () => { console.log("hi"); return codemode.weather({ city: "Oslo" }); }'),
  ).toEqual({
    result: "rain in Oslo",
    logs: ["hi"],
  });
  await expect(run("async () => { throw new Error('no'); }")).rejects.toThrow(/failed: no/);
  await expect(codecellExecutor(codeMode).execute("async () => {", [])).resolves.toMatchObject({
    error: expect.any(String),
  });
});
