import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, test } from "vitest";
import { visibleBeside } from "../../src/cli/format.js";
import { runCli, Workspace } from "../support/cli.js";
import { listingServer, root, scriptedMcpServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

/** Sets a terminal's title, clears it, and turns its text red, in both forms of the sequences. */
const sequences = "\u001b]0;owned\u0007\u001b[2J\u001b[31m\u009b31m\u007f";
/** The controls of a terminal; line ends and tabs are none. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const talking = listingServer(
  [
    { name: `say${sequences}`, title: sequences, description: `says${sequences}` },
    { name: "odd", inputSchema: { type: sequences } },
    null,
  ],
  {
    calls: {
      odd: { content: [{ type: "text", text: sequences }], isError: true },
    },
  },
);
const refusing = scriptedMcpServer({
  answers: { initialize: { error: { code: -1, message: `no${sequences}` } } },
});

function configOf(name: string, servers: object): string {
  return workspace.file(name, JSON.stringify({ mcpServers: servers }));
}
const talks = configOf("talks.json", { [`t${sequences}`]: talking });
const refuses = configOf("refuses.json", { [`r${sequences}`]: refusing });
const misshapen = configOf("misshapen.json", { [sequences]: { command: 1, [sequences]: 1 } });

const program = `
  const [odd] = ALL_TOOLS.map(({ name }) => name).filter((name) => name.endsWith("odd"));
  await tools[odd]({ a: ${JSON.stringify(sequences)} }).catch(() => {});
  image({ image_url: "data:image/" + ${JSON.stringify(sequences)} + ";base64,AAAA" });
  notify(${JSON.stringify(sequences)});
  throw new Error(${JSON.stringify(sequences)});`;

describe("no control character of a server or a cell reaches a terminal from", () => {
  test.each<readonly [string, readonly string[]]>([
    ["run", ["run", "-", "--config", talks]],
    ["run --json", ["run", "-", "--json", "--config", talks]],
    ["run of a server that refuses", ["run", "-", "--config", refuses]],
    ["run of a server that refuses, --json", ["run", "-", "--json", "--config", refuses]],
    ["run of a config that is wrong", ["run", "-", "--config", misshapen]],
    ["tools", ["tools", "--config", talks]],
    ["tools --names", ["tools", "--names", "--config", talks]],
    ["tools --json", ["tools", "--json", "--config", talks]],
    ["tools of a server that refuses", ["tools", "--json", "--config", refuses]],
    ["doctor", ["doctor", "--config", talks]],
    ["doctor of a server that refuses", ["doctor", "--config", refuses]],
    ["doctor --json", ["doctor", "--json", "--config", refuses]],
  ])("%s", async (_what, args) => {
    const env = { FORCE_COLOR: "1", NO_COLOR: "" };
    const { stdout, stderr } = await runCli(args, { input: program, env });
    expect(`${stdout}${stderr}`).toContain("owned");
    // What the command's own colours are is what is left.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
    const left = `${stdout}${stderr}`.replace(/\u001b\[(?:1|2|22|31|32|33|36|39)m/g, "");
    expect(left).not.toMatch(controls);
  });

  test("--json is the same document as without escapes", async () => {
    const { stdout } = await runCli(["tools", "--json", "--config", talks]);
    const { tools } = JSON.parse(stdout) as { readonly tools: readonly { description: string }[] };
    expect(tools[0]?.description).toBe(`says${sequences}`);
  });
});

test("beside colours of our own everything is made visible", () => {
  const red = (shown: string): string => `\u001b[31m${shown}\u001b[39m`;
  expect(visibleBeside(`${red("a\u001b[2Jb")} \u001b]0;x\u0007`)).toBe(
    `${red("a\\x1b[2Jb")} \\x1b]0;x\\x07`,
  );
});

describe("where nothing can be written to standard output the error says so:", () => {
  test.each<readonly [string, readonly string[]]>([
    ["run --json", ["run", "-", "--json"]],
    ["run", ["run", "-"]],
    ["tools", ["tools", "--names", "--config", talks]],
    ["doctor --json", ["doctor", "--json"]],
    ["doctor", ["doctor"]],
    ["completion", ["completion", "bash"]],
  ])("%s", async (_what, args) => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
      stdio: ["pipe", full, "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end('text("result")');
    const code = new Promise((resolve) => child.once("exit", resolve));
    const stderr = child.stderr === null ? "" : await text(child.stderr);
    expect(stderr).toContain(
      "codecell: cannot write to standard output: no space left on device\n",
    );
    expect(stderr).not.toContain("    at ");
    expect(await code).toBe(1);
  });
});
