import { afterAll, expect, test } from "vitest";
import { runCli, Workspace } from "../support/cli.js";
import { fixtureServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const hello = workspace.file("hello.js", 'text("hello");');

test.each([
  ["no command", [], "Usage: codecell"],
  ["an unknown command", ["fly"], "unknown command 'fly'"],
  ["no file", ["run"], "missing required argument 'file'"],
  ["an unknown option", ["run", hello, "--fast"], "unknown option '--fast'"],
  ["a time that is none", ["run", hello, "--timeout", "soon"], "a number of milliseconds"],
  ["a limit without a value", ["run", hello, "--limit", "cpuMs"], "a limit's name and a number"],
  ["an unknown limit", ["run", hello, "--limit", "cpu=5"], 'no option "cpu" in limits'],
  ["a limit out of range", ["run", hello, "--limit", "heapBytes=0"], "limits.heapBytes"],
  ["a file that is not there", ["run", "nope.js"], "cannot read the cell nope.js: no such file"],
  ["a directory for a file", ["run", workspace.path], "it is a directory"],
  ["standard input twice", ["run", "-", "-"], "can be only one of the cells"],
  ["a config that is not there", ["run", hello, "-c", "no.json"], "cannot read the config no.json"],
  ["a config that is not JSON", ["run", hello, "-c", hello], "hello.js is not JSON"],
  [
    "a config of the wrong shape",
    ["run", hello, "-c", workspace.file("bad.json", '{"mcpServers": {"a": {"args": []}}}')],
    'bad.json: "mcpServers.a.command" is missing: expected the command that starts the server',
  ],
  ["an output directory that is a file", ["run", hello, "--out", hello], "a file is in its place"],
])("%s is wrong use: a clear line and 2", async (_what, args, message) => {
  const result = await runCli(args);
  expect(result).toMatchObject({ code: 2, stdout: "" });
  expect(result.stderr).toContain(message);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});

test("all that is wrong with the arguments is said at once", async () => {
  const options = "--timeout soon --limit cpu=5 --limit heapBytes=0 --fast --quick 3".split(" ");
  const { code, stderr } = await runCli(["run", ...options]);
  expect(code).toBe(2);
  expect(stderr.replace(/heapBytes, .*/, "heapBytes, …")).toBe(`error: 5 things are wrong:
  option '--timeout <ms>': 'soon' is invalid. It is a number of milliseconds, such as 10000.
  option '--limit <name=value>': 'cpu=5' is invalid. There is no option "cpu" in limits; there are heapBytes, …
  option '--limit <name=value>': 'heapBytes=0' is invalid. The option "limits.heapBytes" must be a whole number of bytes, from 1048576 to 1099511627776; got the number 0.
  unknown option '--fast' (Did you mean --ask?)
  unknown option '--quick'
(codecell --help says how it is used)
`);
});

test.each([
  [
    "mcp",
    ["mcp", "--describe", "some", "--listen", "ftp://a"],
    ["--describe", "--listen", "--config"],
  ],
  ["tools", ["tools", "--start-timeout", "-1x"], ["--start-timeout", "--config"]],
  ["login", ["login"], ["'server'", "--config"]],
  ["completion", ["completion", "fish", "more"], ["'fish' is invalid", "too many arguments"]],
])("%s names each of its faults", async (_command, args, faults) => {
  const { code, stderr } = await runCli(args);
  expect(code).toBe(2);
  expect(stderr).toContain(`error: ${faults.length} things are wrong:`);
  for (const fault of faults) expect(stderr).toContain(fault);
});

test.each([
  [
    "whose command is not there",
    { command: "no-such-command" },
    "30000",
    /command not found: no-such/,
  ],
  [
    "that exits at once",
    fixtureServer("exit"),
    "30000",
    /exited with code 1\. Its last lines:\n {2}cannot find/,
  ],
  ["that does not answer", fixtureServer("mute"), "600", /no answer within 0\.6 s/],
])(
  "a server %s fails the run with its name and last lines",
  async (_what, server, startTimeout, message) => {
    const config = workspace.config({ shaky: server });
    const result = await runCli([
      "run",
      hello,
      "--config",
      config,
      "--start-timeout",
      startTimeout,
    ]);
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toMatch(/^codecell: MCP server "shaky" did not start: /m);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/^\s+at /m);
  },
);

test("a server that dies under a cell fails its call with the server's name", async () => {
  const config = workspace.config({ shaky: fixtureServer() });
  const input = 'text("before"); await tools.mcp__shaky__die({});';
  const result = await runCli(["run", "-", "--config", config], { input });
  expect(result).toMatchObject({ code: 1, stdout: "before\n" });
  expect(result.stderr).toMatch(/● MCP server "shaky" has died: it exited with code 3/);
  expect(result.stderr).toMatch(/ToolError: MCP server "shaky" has died/);
});

test("help and version are answers, not errors", async () => {
  const help = await runCli(["run", "--help"]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toMatch(/Exit codes:[\s\S]*Examples:/);
  expect((await runCli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
