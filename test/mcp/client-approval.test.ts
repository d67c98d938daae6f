import { afterAll, describe, expect, test } from "vitest";
import { Workspace } from "../support/cli.js";
import { cellIdOf, connectOverStdio, eras, exec, textsOf, wait } from "../support/gateway.js";
import { fixtureServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const config = workspace.config({
  fixture: { ...fixtureServer(), approval: { text: "ask", echo: "annotations", "*": "auto" } },
});
const args = ["--config", config];

const program = (name: string, input: string): string =>
  `await tools.mcp__fixture__${name}(${input}).then(text, (error) => text(error.message));`;
const refused = (why: string): string =>
  `The tool "mcp__fixture__text" was not called: approval was refused: ${why}`;

describe.each(eras)("a %s client of codecell mcp", (era) => {
  /** A client whose person answers in this way, and what they were asked. */
  async function connect(...actions: readonly ("accept" | "decline" | "cancel")[]) {
    const asked: unknown[] = [];
    const rest = [...actions];
    const { client } = await connectOverStdio(era, args, { capabilities: { elicitation: {} } });
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      asked.push(params);
      const action = rest.shift() ?? "cancel";
      return action === "accept" ? { action, content: {} } : { action };
    });
    return { client, asked };
  }

  test("asks its person about a call that needs approval, who accepts, declines or does not answer", async () => {
    const { client, asked } = await connect("accept", "decline", "cancel");
    const result = await exec(client, program("text", '{ a: "\\u202e" }').repeat(3));
    expect(textsOf(result)).toEqual([
      "plain",
      refused("the person at the client said no"),
      refused("the person at the client did not answer"),
    ]);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({
      message:
        'A program wants to call the tool mcp__fixture__text. Its input:\n{\n  "a": "\\u202e"\n}',
      requestedSchema: { type: "object", properties: {} },
    });
  });

  test("is told why it is asked, and asked for calls that are made at once", async () => {
    const { client, asked } = await connect("accept", "accept");
    const source =
      "text(await Promise.all([tools.mcp__fixture__text(), tools.mcp__fixture__echo()]));";
    expect(textsOf(await exec(client, source))).toEqual(['["plain",{"input":{}}]']);
    const messages = asked.map((params) => (params as { message: string }).message);
    expect(messages.filter((message) => message.includes("mcp__fixture__echo"))).toEqual([
      expect.stringContaining(
        'It needs approval: "its server does not say that it is harmless". Its input:\n',
      ),
    ]);
  });

  test("is asked while it waits for a program that has yielded", async () => {
    const { client, asked } = await connect("accept");
    const first = await exec(client, `yield_control(); ${program("text", "{}")}`);
    const second = await wait(client, cellIdOf(first));
    expect(textsOf(second)).toEqual(["plain"]);
    expect(asked).toHaveLength(1);
  });

  test("that cannot ask gets the call rejected, with what to do", async () => {
    const { client } = await connectOverStdio(era, args);
    expect(textsOf(await exec(client, program("text", "{}")))).toEqual([
      refused(
        'the MCP client cannot ask its person (it has no elicitation with forms); set "approval" of the server to "auto" for such tools, or use a client that can',
      ),
    ]);
  });
});
