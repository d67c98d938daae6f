import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { connectMcpServers, type McpServers } from "../../src/mcp.js";
import type { CellOutcome } from "../../src/protocol/outcome.js";
import { fixtureServer, LineWatch, registryServer, root } from "../support/mcp.js";

let servers: McpServers;
let codeMode: CodeMode;

beforeAll(async () => {
  servers = await connectMcpServers({
    mcpServers: {
      files: registryServer("filesystem", root),
      everything: registryServer("everything"),
    },
  });
  codeMode = createCodeMode({ tools: servers.tools });
});

afterAll(async () => {
  await codeMode.close();
  await servers.close();
});

async function run(source: string): Promise<CellOutcome> {
  await using session = codeMode.openSession();
  return await session.exec(source);
}

function textsOf(outcome: CellOutcome): unknown[] {
  expect(outcome).toMatchObject({ status: "completed" });
  const output = "output" in outcome ? outcome.output : [];
  return output.map((item) => (item.type === "text" ? item.text : item.type));
}

test("the tools of real servers are called under their names, many at once", async () => {
  const outcome = await run(`
    const [file, weather, sum] = await Promise.all([
      tools.mcp__files__read_text_file({ path: ${JSON.stringify(join(root, "package.json"))} }),
      tools.mcp__everything__get_structured_content({ location: "New York" }),
      tools.mcp__everything__get_sum({ a: 2, b: 3 }),
    ]);
    text(file.content); text(weather); text(sum);
  `);
  expect(textsOf(outcome)).toEqual([
    readFileSync(join(root, "package.json"), "utf8"),
    '{"temperature":33,"conditions":"Cloudy","humidity":82}',
    "The sum of 2 and 3 is 5.",
  ]);
});

test("media blocks go to content and image as they are", async () => {
  const outcome = await run(`
    const result = await tools.mcp__everything__get_tiny_image();
    content(result.content);
    image(result.content[1]);
  `);
  expect(textsOf(outcome)).toEqual([
    "Here's the image you requested:",
    "image",
    "The image above is the MCP logo.",
    "image",
  ]);
});

test("a failed tool rejects with the server's text and the tool's name", async () => {
  const outcome = await run(`
    try {
      await tools.mcp__files__read_text_file({ path: "/no/such/file" });
    } catch (error) {
      text([error instanceof Error, error.name, error.tool]);
      text(error.message);
    }
  `);
  const [kind, message] = textsOf(outcome);
  expect(kind).toBe('[true,"ToolError","mcp__files__read_text_file"]');
  expect(message).toMatch(/access denied/i);
});

test("a wrong input is refused before it reaches the server", async () => {
  const outcome = await run(`
    await tools.mcp__everything__get_sum({ a: "two", b: 3 }).catch((error) => text(error.message));
  `);
  expect(textsOf(outcome)[0]).toMatch(
    /Invalid input for tool "mcp__everything__get_sum".*\/a.*"two"/,
  );
});

test("ALL_TOOLS and the servers' modules list the tools", async () => {
  const outcome = await run(`
    import { echo } from "tools/mcp/everything.js";
    text(ALL_TOOLS.filter(({ name }) => name.startsWith("mcp__files__")).length);
    text(ALL_TOOLS.find(({ name }) => name === "mcp__everything__echo").description);
    text(await echo({ message: "hi" }));
  `);
  const fileTools = servers.servers.find(({ name }) => name === "files")?.tools.length;
  expect(textsOf(outcome)).toEqual([String(fileTools), "Echoes back the input string", "Echo: hi"]);
});

test("the end of a cell cancels what a server is still doing", async () => {
  const watch = new LineWatch();
  await using fixture = await connectMcpServers(
    { mcpServers: { fixture: fixtureServer() } },
    { onStderr: (_server, line) => watch.push(line) },
  );
  await using ownCodeMode = createCodeMode({ tools: fixture.tools });
  const outcome = await ownCodeMode.openSession().exec(`
    tools.mcp__fixture__hang({});
    text(await tools.mcp__fixture__text({}));
  `);
  expect(textsOf(outcome)).toEqual(["plain"]);
  await watch.seen("cancelled");
});
