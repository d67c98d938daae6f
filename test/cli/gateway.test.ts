import { join } from "node:path";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as FirstTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, describe, expect, test } from "vitest";
import type { McpServerConfig } from "../../src/mcp.js";
import { runCli, Workspace } from "../support/cli.js";
import {
  cellIdOf,
  connectOverStdio,
  eras,
  exec,
  ownEnvironment,
  textsOf,
  wait,
} from "../support/gateway.js";
import { fixtureServer, isRunning, LineWatch, registryServer, root } from "../support/mcp.js";

const workspaces: Workspace[] = [];
afterAll(() => {
  for (const workspace of workspaces) workspace[Symbol.dispose]();
});

/** A config's path. */
function configOf(servers: Record<string, McpServerConfig>): string {
  const workspace = new Workspace();
  workspaces.push(workspace);
  return workspace.config(servers);
}

const config = configOf({ fixture: fixtureServer() });

describe.each(eras)("a %s client on standard input and output", (era) => {
  test("sees exec and wait, and the servers' tools in exec's description", async () => {
    const { client } = await connectOverStdio(era, ["--config", config]);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["exec", "wait"]);
    const { description = "" } = tools[0] ?? {};
    expect(description).toMatch(/- mcp__fixture__\*.*: .*structured\(/);
    expect(description.length).toBeLessThanOrEqual(2048);
    expect(client.getInstructions()).toContain("exec runs a JavaScript program");
  });

  test("with --description full declares the tools, and says what clients cut off", async () => {
    const args = ["--config", config, "--description", "full"];
    const { client, stderr } = await connectOverStdio(era, args);
    const { tools } = await client.listTools();
    const { description = "" } = tools[0] ?? {};
    expect(description).toContain("  mcp__fixture__structured(args");
    await stderr.seen(`has ${description.length} characters`);
  });

  test("runs a program that calls tools, yields, is waited for and ends", async () => {
    const { client } = await connectOverStdio(era, ["--config", config]);
    const first = await exec(
      client,
      `const { a } = await tools.mcp__fixture__structured({});
       text(a); yield_control(); await tools.mcp__fixture__text({}); text("done"); store("a", a);`,
    );
    expect(textsOf(first)).toEqual(["1"]);
    const second = await wait(client, cellIdOf(first));
    expect(second.content[0]).toMatchObject({ text: expect.stringContaining("Script completed") });
    expect(textsOf(second)).toEqual(["done"]);
    expect(textsOf(await exec(client, `text(load("a"))`))).toEqual(["1"]);
  });

  test("writes programs as it knows them, or as modules, as the command says", async () => {
    const program = `console.log("a");
      const { content, structuredContent } = await tools.fixture.structured({});
      return [content.length, structuredContent.a];`;
    const { client } = await connectOverStdio(era, ["--config", config]);
    expect(textsOf(await exec(client, program))).toEqual(["a", "[1,1]"]);
    const options = ["--console", "off", "--dialect", "strict", "--results", "raw"];
    const { client: strict } = await connectOverStdio(era, ["--config", config, ...options]);
    expect(textsOf(await exec(strict, program)).join()).toContain("hand a result out");
    const raw = await exec(
      strict,
      "text([typeof console, await tools.mcp__fixture__structured({})]);",
    );
    expect(textsOf(raw)).toEqual([
      '["undefined",{"content":[{"type":"text","text":"{\\"a\\":1}"}],"structuredContent":{"a":1}}]',
    ]);
  });

  test("gets images as images, and errors as results that say so", async () => {
    const { client } = await connectOverStdio(era, ["--config", config]);
    const shown = await exec(
      client,
      "const { content: blocks } = await tools.mcp__fixture__mixed({}); content(blocks);",
    );
    expect(shown.content.slice(1)).toMatchObject([
      { type: "text", text: "look" },
      { type: "image", mimeType: "image/png", data: expect.stringMatching(/^iVBOR/) },
    ]);
    const failed = await exec(client, "await tools.mcp__fixture__error({})");
    expect(failed.isError).toBe(true);
    expect(textsOf(failed).join()).toContain("it broke");
    const wrong = await client.callTool({ name: "exec", arguments: { source: "1" } });
    expect(wrong).toMatchObject({ isError: true });
    await expect(client.callTool({ name: "run", arguments: {} })).rejects.toThrow(
      'There is no tool "run"; there are exec and wait.',
    );
  });

  test("is told what cells notify, as log messages and progress of the request", async () => {
    const { client, progress } = await connectOverStdio(era, ["--config", config]);
    if (era === "legacy") await client.setLoggingLevel("info");
    const logs = new LineWatch();
    client.setNotificationHandler("notifications/message", ({ params }) => {
      logs.push(`${params.logger}: ${params.data}`);
    });
    const result = await client.callTool(
      {
        name: "exec",
        arguments: { code: 'notify("half-way")' },
        _meta: { "io.modelcontextprotocol/logLevel": "info" },
      },
      { onprogress: () => undefined },
    );
    expect(result.isError).not.toBe(true);
    await logs.seen("cell 1: half-way");
    expect(progress.map(({ message }) => message)).toContain("half-way");
  });

  test("is told of progress while a program runs", async () => {
    const { client } = await connectOverStdio(era, ["--config", config]);
    const watch = new LineWatch();
    const cancel = new AbortController();
    const running = exec(client, "await tools.mcp__fixture__text({}); for (;;) await 0;", {
      signal: cancel.signal,
      onprogress: ({ message = "" }) => watch.push(message),
    });
    await watch.seen("running for 2 s, 1 tool call");
    cancel.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
  });

  test("terminates a cell by cancelling the request that waits for it", async () => {
    const { client, stderr } = await connectOverStdio(era, ["--config", config, "--verbose"]);
    const cancel = new AbortController();
    const running = exec(client, "await tools.mcp__fixture__hang({})", { signal: cancel.signal });
    await stderr.seen("hanging");
    cancel.abort(new Error("never mind"));
    await expect(running).rejects.toThrow("never mind");
    // The server is told that the call is cancelled.
    await stderr.seen("cancelled");
  });

  test("gets the tools that a server adds later, and is told of them", async () => {
    const growing = configOf({ growing: fixtureServer("growing") });
    const changes = new LineWatch();
    const { client } = await connectOverStdio(era, ["--config", growing], {
      listChanged: { tools: { debounceMs: 0, onChanged: () => changes.push("changed") } },
    });
    expect((await client.listTools()).tools[0]?.description).not.toContain("mcp__growing__leaf");
    await exec(client, "await tools.mcp__growing__grow({})");
    await changes.seen("changed");
    expect((await client.listTools()).tools[0]?.description).toContain("mcp__growing__leaf");
    expect(textsOf(await exec(client, "text(typeof tools.mcp__growing__leaf)"))).toEqual([
      "function",
    ]);
  });
});

test("a server that dies is started again, and its tools say meanwhile why they fail", async () => {
  const { client, stderr } = await connectOverStdio("legacy", ["--config", config]);
  const died = await exec(client, "await tools.mcp__fixture__die({})");
  expect(textsOf(died).join()).toMatch(/MCP server "fixture" has died: it exited with code 3/);
  const down = await exec(client, "await tools.mcp__fixture__text({})");
  expect(textsOf(down).join()).toMatch(
    /MCP server "fixture" is down and will be started again; .* exited with code 3/,
  );
  await stderr.seen("started again in 1.00 s");
  const starts = () => stderr.lines.filter((line) => /● fixture \d+ tools/.test(line)).length;
  while (starts() < 2) await stderr.next();
  expect(textsOf(await exec(client, "text(await tools.mcp__fixture__text({}))"))).toEqual([
    "plain",
  ]);
});

test("a server that does not start leaves the others to be used", async () => {
  const both = configOf({ fine: fixtureServer(), broken: fixtureServer("exit") });
  const { client, stderr } = await connectOverStdio("legacy", ["--config", both]);
  const listed = await exec(client, "text(ALL_TOOLS.every(({ name }) => /fine/.test(name)))");
  expect(textsOf(listed)).toEqual(["true"]);
  expect(stderr.lines.join("\n")).toContain("cannot find my database");
});

test("everything ends when the client leaves", async () => {
  const { client, stderr, pid } = await connectOverStdio("legacy", ["--config", config]);
  const started = await exec(
    client,
    "text(await tools.mcp__fixture__process_id({})); yield_control(); for (;;) await 0;",
  );
  const server = Number(textsOf(started)[0]);
  expect(isRunning(server)).toBe(true);
  await client.close();
  while (isRunning(pid) || isRunning(server)) await stderr.next(50);
});

test("the first version of the official client is served too", async () => {
  const client = new FirstClient({ name: "test", version: "1.0.0" });
  await client.connect(
    new FirstTransport({
      command: process.execPath,
      args: [join(root, "dist/cli/main.js"), "mcp", "--config", config],
      env: ownEnvironment(),
      stderr: "ignore",
    }),
  );
  const { content } = await client.callTool({ name: "exec", arguments: { code: "text(1 + 1)" } });
  expect(content).toMatchObject([{ type: "text" }, { type: "text", text: "2" }]);
  await client.close();
});

test.each([
  ["no config", [], /required option '-c, --config <file>' not specified/],
  ["no such config", ["-c", "missing.json"], /cannot read the config missing.json: no such file/],
  ["no address", ["-c", config, "-l", "3333"], /It is "stdio" or an address such as http:/],
  ["HTTPS", ["-c", config, "-l", "https://localhost:1"], /For HTTPS, put a proxy in front/],
  ["no such limit", ["-c", config, "--limit", "cpus=3"], /There is no option "cpus"/],
])("wrong use ends with 2 and says what is expected: %s", async (_what, args, expected) => {
  const { code, stderr } = await runCli(["mcp", ...args]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(expected) });
});

test("fifty calls of three servers in one session are answered", async () => {
  using files = new Workspace();
  const three = files.config({
    files: registryServer("filesystem", files.path),
    everything: registryServer("everything"),
    memory: {
      ...registryServer("memory"),
      env: { MEMORY_FILE_PATH: join(files.path, "memory.json") },
    },
  });
  const { client } = await connectOverStdio("legacy", ["--config", three]);
  expect((await client.listTools()).tools).toHaveLength(2);
  const path = (name: string): string => JSON.stringify(join(files.path, name));
  const programs: readonly (readonly [string, string])[] = Array.from(
    { length: 10 },
    (_, i) =>
      [
        [
          `await tools.mcp__files__write_file({ path: ${path(`${i}.txt`)}, content: "${i}" });
      text((await tools.mcp__files__read_text_file({ path: ${path(`${i}.txt`)} })).content)`,
          `${i}`,
        ],
        [
          `text(await tools.mcp__everything__get_sum({ a: ${i}, b: 1 }))`,
          `The sum of ${i} and 1 is ${i + 1}.`,
        ],
        [
          `await tools.mcp__memory__create_entities({ entities: [{ name: "n${i}", entityType: "t", observations: [] }] });
      text((await tools.mcp__memory__read_graph({})).entities.length)`,
          `${i + 1}`,
        ],
        [`store("count", (load("count") ?? 0) + 1); text(load("count"))`, `${i + 1}`],
        [
          `const { content: blocks } = await tools.mcp__everything__get_tiny_image({});
      text(blocks.length); image(blocks.find(({ type }) => type === "image"))`,
          "3,image",
        ],
      ] as const,
  ).flat();
  expect(programs).toHaveLength(50);
  for (const [code, expected] of programs) {
    const result = await exec(client, code);
    expect(textsOf(result).join(), code).toBe(expected);
  }
});
