import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { connectMcpServers, type McpServerRequest, mcpTools } from "../../src/mcp.js";
import { runToTexts } from "../support/cells.js";
import { Workspace } from "../support/cli.js";
import { connectOverStdio, eras, exec, textsOf } from "../support/gateway.js";
import { peerServer } from "../support/mcp.js";

// A server that wants a person to open a page first: the protocol's error -32042.

const page = { mode: "url", url: "https://login.test/", message: "Log in", elicitationId: "login" };
const wants =
  'MCP server "one" wants a person to open https://login.test/ (Log in) in a browser first.';
const call = "try { text(await tools.mcp__one__open_page({})) } catch (e) { text(e.message) }";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

/** What a cell reads of the tool, where the servers' requests are answered so. */
async function callOf(
  answer: ((request: McpServerRequest) => Promise<Record<string, unknown>>) | undefined,
): Promise<string | undefined> {
  await using servers = await connectMcpServers(
    { mcpServers: { one: peerServer("one") } },
    answer && { capabilities: { elicitation: { url: {} } }, onRequest: answer },
  );
  const [text] = await runToTexts(call, { tools: servers.tools });
  return text;
}

describe("a call whose server wants a page to be opened", () => {
  test("asks the person for whose cell it is, and is made again when they are done", async () => {
    const requests: McpServerRequest[] = [];
    const answer = async (request: McpServerRequest): Promise<Record<string, unknown>> => {
      requests.push(request);
      return { action: "accept" };
    };
    expect(await callOf(answer)).toBe("opened");
    expect(requests).toMatchObject([
      { server: "one", method: "elicitation/create", params: page, causes: [{ cellId: "1" }] },
    ]);
  });

  test("fails with the address where the person says no", async () => {
    expect(await callOf(async () => ({ action: "decline" }))).toBe(
      `${wants} The person was asked to, and said no.`,
    );
  });

  test("fails with the address where the person cannot be asked", async () => {
    const fails = async (): Promise<never> => {
      throw new Error("no screen.");
    };
    expect(await callOf(fails)).toBe(
      `${wants} The person could not be asked to: no screen. Give them the address, and make the call again when they are done.`,
    );
  });

  const nobody = `${wants} This host cannot ask the person: give them the address, and make the call again when they are done.`;

  test("fails with the address where nobody can be asked", async () => {
    expect(await callOf(undefined)).toBe(nobody);
  });

  test("fails with the address for the tools of an embedder's own client", async () => {
    const { command, args = [] } = peerServer("one");
    const client = new Client({ name: "test", version: "1.0.0" });
    await client.connect(new StdioClientTransport({ command, args: [...args], stderr: "ignore" }));
    const tools = await mcpTools(client, { server: "one" });
    expect(await runToTexts(call, { tools })).toEqual([nobody]);
    await client.close();
  });

  test("fails with an address that is long, as those for logins are", async () => {
    const url = `https://login.test/?state=${"x".repeat(4_000)}`;
    const client = {
      listTools: async () => ({ tools: [{ name: "open_page", inputSchema: { type: "object" } }] }),
      callTool: async () => {
        const data = { elicitations: [{ ...page, url }] };
        throw Object.assign(new Error("a page is needed"), { code: -32_042, data });
      },
    };
    const tools = await mcpTools(client, { server: "one" });
    expect(await runToTexts(call, { tools })).toEqual([nobody.replace(page.url, url)]);
  });

  test("is given up with its cell", async () => {
    let asked: () => void = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let isTakenBack = false;
    await using servers = await connectMcpServers(
      { mcpServers: { one: peerServer("one") } },
      {
        capabilities: { elicitation: { url: {} } },
        onRequest: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              isTakenBack = true;
              reject(signal.reason);
            });
            asked();
          }),
      },
    );
    await using codeMode = createCodeMode({ tools: servers.tools });
    const session = codeMode.openSession();
    const ended = session.exec(call);
    await isAsked;
    await session.terminate("1");
    expect(await ended).toMatchObject({ status: "terminated" });
    expect(isTakenBack).toBe(true);
  });
});

describe.each(eras)("behind codecell mcp, a %s client", (era) => {
  const config = workspace.config({ one: peerServer("one") });

  test("that opens pages is asked to, and hears that the person is done", async () => {
    const { client } = await connectOverStdio(era, ["--config", config], {
      capabilities: { elicitation: { url: {} } },
    });
    const asked: unknown[] = [];
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      asked.push(params);
      return { action: "accept" };
    });
    const completed: unknown[] = [];
    client.setNotificationHandler("notifications/elicitation/complete", ({ params }) => {
      completed.push(params);
    });
    expect(textsOf(await exec(client, call))).toEqual(["opened"]);
    const { elicitationId, ...modernPage } = page;
    // Since 2026-07-28 a page has no id, and there is no news of it.
    expect(asked).toMatchObject([era === "legacy" ? page : modernPage]);
    expect(completed).toEqual(era === "legacy" ? [{ elicitationId }] : []);
  });

  test("that opens no pages gets the address in the program's error", async () => {
    const { client } = await connectOverStdio(era, ["--config", config], {
      capabilities: { elicitation: { form: {} } },
    });
    client.setRequestHandler("elicitation/create", async () => ({ action: "accept" }));
    expect(textsOf(await exec(client, call)).join()).toContain(
      `${wants} This host cannot ask the person`,
    );
  });

  test("that opens no pages gets the server's error for a prompt, as its revision has it", async () => {
    const { client } = await connectOverStdio(era, ["--config", config]);
    const getting = client.getPrompt({ name: "one_open_page" });
    await expect(getting).rejects.toMatchObject({
      message: expect.stringContaining("wants a person to open https://login.test/"),
      code: era === "legacy" ? -32_042 : -32_603,
      ...(era === "legacy" && { data: { elicitations: [page] } }),
    });
  });
});
