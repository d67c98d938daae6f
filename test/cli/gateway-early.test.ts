import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Workspace } from "../support/cli.js";
import { connectOverStdio, exec, textsOf } from "../support/gateway.js";
import { root } from "../support/mcp.js";

test("with --answer-after a client is told exec and wait before the servers run, and then of their tools", async () => {
  using workspace = new Workspace();
  const signal = join(workspace.path, "start");
  const fixture = join(root, "test/fixtures/late-mcp-server.mjs");
  const late = { command: process.execPath, args: [fixture, signal] };
  const config = workspace.config({ fixture: late });
  const { client } = await connectOverStdio("legacy", ["--config", config, "--answer-after", "1"]);
  const changed = new Promise<void>((resolve) =>
    client.setNotificationHandler("notifications/tools/list_changed", () => resolve()),
  );
  const { tools: early } = await client.listTools();
  expect(early.map(({ name }) => name)).toEqual(["exec", "wait"]);
  expect(early[0]?.description).not.toContain("mcp__fixture__");
  const running = exec(client, "text((await tools.mcp__fixture__structured({})).a)");
  writeFileSync(signal, "");
  await changed;
  const { tools } = await client.listTools();
  expect(tools[0]?.description).toContain("mcp__fixture__");
  expect(textsOf(await running)).toEqual(["1"]);
});
