import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  chatCall,
  chatResultOf,
  completionOf,
  completionStreamOf,
} from "../../support/chat-wire.js";
import { registryServer, root } from "../../support/mcp.js";
import {
  type ModelRequest,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
} from "../../support/scripted-server.js";

const here = fileURLToPath(new URL(".", import.meta.url));
let home = "";
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "codecell-opencode-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The program itself: the package's own way to it is made by an install script, which is not run. */
function program(): string {
  const { platform, arch } = process;
  const system = platform === "win32" ? "windows" : platform;
  const folder = `node_modules/opencode-${system}-${arch}/bin`;
  return join(here, folder, platform === "win32" ? "opencode.exe" : "opencode");
}

/** A configuration with the scripted model and codecell mcp, and nothing that goes to the network. */
async function configure(server: ScriptedServer): Promise<string> {
  const mcpConfig = join(home, "mcp.json");
  const mcpServers = {
    everything: registryServer("everything"),
    memory: registryServer("memory"),
  };
  await writeFile(mcpConfig, JSON.stringify({ mcpServers }));
  const cli = join(root, "dist/cli/main.js");
  const command = [process.execPath, cli, "mcp", "--config", mcpConfig];
  return JSON.stringify({
    autoupdate: false,
    share: "disabled",
    enabled_providers: ["scripted"],
    model: "scripted/model",
    small_model: "scripted/model",
    permission: "allow",
    provider: {
      scripted: {
        npm: "@ai-sdk/openai-compatible",
        name: "Scripted",
        options: { baseURL: `${server.origin}/v1`, apiKey: "none" },
        models: { model: { name: "Scripted", tool_call: true } },
      },
    },
    mcp: { codecell: { type: "local", command, enabled: true } },
  });
}

function toolsOf({ body }: ModelRequest) {
  return (body["tools"] ?? []) as readonly {
    readonly function: { readonly name: string; readonly description: string };
  }[];
}

/** Answers the program's requests in the order of the steps; those for a title have no tools. */
function scriptOf(steps: readonly ScriptedStep[]) {
  const asked: ModelRequest[] = [];
  const answer: ScriptedStep = (request) => {
    if (toolsOf(request).length === 0) return reply(request, { content: "A title" });
    const step = steps[asked.length];
    asked.push(request);
    return reply(request, step?.(request) ?? { content: "There is no further step." });
  };
  return { asked, steps: new Array<ScriptedStep>(12).fill(answer) };
}

function reply({ body }: ModelRequest, message: object): object {
  return body["stream"] === true ? completionStreamOf(message) : completionOf(message);
}

test("OpenCode goes through exec, wait and the answer with codecell mcp, and tells the model of each tool", async () => {
  const code = `text(await tools.mcp__everything__echo({ message: "rain in Oslo" }));
    yield_control(); text("later");`;
  const { asked, steps } = scriptOf([
    () => ({ tool_calls: [chatCall("call_1", "codecell_exec", { code })] }),
    (request) => {
      const cell_id = runningCellOf(chatResultOf(request, "call_1"));
      return { tool_calls: [chatCall("call_2", "codecell_wait", { cell_id })] };
    },
    () => ({ content: "It rains." }),
  ]);
  await using server = await ScriptedServer.start(steps);
  const work = join(home, "work");
  await mkdir(work, { recursive: true });
  const asking = promisify(execFile)(program(), ["run", "Rain in Oslo?"], {
    cwd: work,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      OPENCODE_CONFIG_CONTENT: await configure(server),
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    },
  });
  asking.child.stdin?.end();
  expect((await asking).stdout).toContain("It rains.");
  const [first, second, third] = asked;
  const exec = first && toolsOf(first).find((tool) => tool.function.name === "codecell_exec");
  const description = exec?.function.description ?? "";
  expect(description).toMatch(/- mcp__everything__\*.*: echo\(\{ message \}\), .*get_tiny_image/);
  // The last of them.
  expect(description).toMatch(/- mcp__memory__\*.*, search_nodes\(\{ query \}\)$/);
  expect(second && chatResultOf(second, "call_1")).toContain("Echo: rain in Oslo");
  expect(third && chatResultOf(third, "call_2")).toContain("later");
}, 240_000);
