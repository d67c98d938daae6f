import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCli, Workspace } from "../support/cli.js";
import { diagnose } from "../support/doctor.js";
import { fixtureServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

describe("a config", () => {
  test.each([
    ["that is not there", "nope.json", "no such file or directory", "Name a file"],
    ["that is not JSON", workspace.file("b.json", "{"), "b.json is not JSON", "Mend the file"],
    [
      "of the wrong shape",
      workspace.file("shape.json", '{"mcpServers": {"a": {"args": []}}}'),
      '"mcpServers.a.command" is missing',
      "Mend the file",
    ],
  ])("%s is a problem", async (_what, config, finding, remedy) => {
    const { result, checks } = await diagnose(["--config", config]);
    expect(result).toMatchObject({ code: 1, stderr: "" });
    expect(checks.at(-1)).toMatchObject({
      name: "config",
      status: "problem",
      finding: expect.stringContaining(finding),
      remedy: expect.stringContaining(remedy),
    });
  });

  test("has a line for each server: those that start, and why the others do not", async () => {
    const config = workspace.config({
      good: fixtureServer("paged"),
      absent: { command: "no-such-command" },
      astray: { command: "./no-such-command" },
      plain: { command: workspace.file("plain.txt", "no program") },
      homeless: { ...fixtureServer(), cwd: join(workspace.path, "nowhere") },
      broken: fixtureServer("exit"),
      helpful: fixtureServer("usage"),
      off: { ...fixtureServer("exit"), disabled: true },
    });
    const { result, checks } = await diagnose(["--config", config]);
    expect(result).toMatchObject({ code: 1, stderr: "" });
    const servers = checks.slice(checks.findIndex(({ name }) => name === "config"));
    expect(servers).toMatchObject([
      { name: "config", status: "ok", finding: `${config} has 8 servers` },
      { name: "server good", status: "ok", finding: expect.stringMatching(/^3 tools, started in/) },
      {
        name: "server absent",
        finding: "command not found: no-such-command",
        remedy: expect.stringContaining("Install no-such-command, or give its whole path"),
      },
      { name: "server astray", remedy: expect.stringContaining("a relative one counts from") },
      {
        name: "server plain",
        finding: expect.stringMatching(/^command not executable: /),
        remedy: expect.stringContaining("chmod +x"),
      },
      { name: "server homeless", remedy: 'Mend "cwd", or make the directory.' },
      {
        name: "server broken",
        finding: "it exited with code 1; it said: cannot find my database",
        remedy: expect.stringContaining("--verbose shows all it prints"),
      },
      {
        name: "server helpful",
        finding: "it exited with code 2; it said: usage: mcp-server DIRECTORY",
      },
      { name: "server off", status: "ok", finding: "disabled in the config" },
    ]);
    expect(servers.filter(({ status }) => status === "problem")).toHaveLength(6);
  });

  test("whose server says nothing is given up after --start-timeout", async () => {
    const config = workspace.config({ shy: fixtureServer("mute") });
    const { stdout, code } = await runCli(["doctor", "--config", config, "--start-timeout", "600"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ server shy +no answer within 0\.6 s/);
    expect(stdout).toMatch(/→ If it needs longer, .* raise --start-timeout/);
    expect(stdout).toMatch(/\n1 problem(, \d warnings?)?\.\n$/);
  });

  test.each([
    [401, "Give it your token"],
    [404, 'Mend the path in "url"'],
  ])(
    "whose server answers with HTTP status %i is told what that asks for",
    async (status, remedy) => {
      const server = createServer((_request, response) => response.writeHead(status).end("no"));
      await once(server.listen(0, "127.0.0.1"), "listening");
      const { port } = server.address() as AddressInfo;
      const config = workspace.config({ far: { url: `http://127.0.0.1:${port}/` } });
      try {
        const { checks } = await diagnose(["--config", config]);
        expect(checks.at(-1)).toMatchObject({
          name: "server far",
          status: "problem",
          finding: expect.stringContaining(`HTTP status ${status}`),
          remedy: expect.stringContaining(remedy),
        });
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  );
});
