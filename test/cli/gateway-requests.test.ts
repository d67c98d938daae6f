import { afterAll, describe, expect, test } from "vitest";
import { startCli, Workspace } from "../support/cli.js";
import { startHttpGateway } from "../support/gateway.js";
import { fixtureServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const config = workspace.config({ fixture: fixtureServer() });

interface Answer {
  readonly id: unknown;
  readonly result?: { readonly content: readonly { readonly text: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

/** A client that writes its own requests. */
class RawClient {
  readonly #url: string;
  readonly #session: string;

  private constructor(url: string, session: string) {
    this.#url = url;
    this.#session = session;
  }

  static async open(url: string): Promise<RawClient> {
    const clientInfo = { name: "raw", version: "1.0.0" };
    const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
    const response = await post(url, {}, { id: 0, method: "initialize", params });
    await response.text();
    const client = new RawClient(url, response.headers.get("mcp-session-id") ?? "");
    await client.#post({ method: "notifications/initialized" });
    return client;
  }

  /** Calls exec; resolves with the answer, when there is one. */
  async exec(id: number, code: string): Promise<Answer> {
    const call = { id, method: "tools/call", params: { name: "exec", arguments: { code } } };
    const response = await this.#post(call);
    return answerIn(await response.text());
  }

  async end(): Promise<void> {
    const headers = { "mcp-session-id": this.#session };
    await fetch(this.#url, { method: "DELETE", headers });
  }

  #post(message: object): Promise<Response> {
    return post(this.#url, { "mcp-session-id": this.#session }, message);
  }
}

function post(url: string, headers: Record<string, string>, message: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", ...message }),
  });
}

/** The last message of a body, which is JSON or a stream of events. */
function answerIn(body: string): Answer {
  const data = body
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => line.slice("data: ".length));
  return JSON.parse(data.at(-1) ?? body) as Answer;
}

test("over standard streams, of two requests with one id at once the second is refused", async () => {
  const { child, watch } = startCli(["mcp", "--config", config, "--verbose"]);
  const send = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  };
  const exec = (id: number, code: string): void =>
    send({ id, method: "tools/call", params: { name: "exec", arguments: { code } } });
  const answers = (id: number): readonly Answer[] =>
    watch.lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Answer)
      .filter((answer) => answer.id === id);
  const clientInfo = { name: "raw", version: "1.0.0" };
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
  send({ id: 0, method: "initialize", params });
  await watch.seen('"serverInfo"');
  send({ method: "notifications/initialized" });
  exec(7, "await tools.mcp__fixture__hang()");
  await watch.seen("hanging");
  exec(7, "text('second')");
  await watch.seen("has no answer yet");
  exec(8, "text('other')");
  await watch.seen("other");
  expect(answers(7)).toMatchObject([
    {
      error: {
        code: -32_600,
        message:
          "The id 7 is that of a request that has no answer yet; each request needs an id of its own.",
      },
    },
  ]);
  // A request that is taken back has no answer, and its id is free.
  send({ method: "notifications/cancelled", params: { requestId: 7 } });
  await watch.seen("cancelled");
  exec(7, "text('again')");
  await watch.seen('"text":"again"');
  // So is the id of a request that has been answered.
  exec(8, "text('once more')");
  await watch.seen('"text":"once more"');
  expect(answers(7).at(-1)?.result?.content.at(-1)).toMatchObject({ text: "again" });
});

describe("over HTTP every request is answered:", () => {
  test("of two with one id at once the second is refused, and the id is free again after", async () => {
    const { url, watch } = await startHttpGateway(["--config", config, "--verbose"]);
    const client = await RawClient.open(url);
    const hanging = client.exec(7, "await tools.mcp__fixture__hang()");
    await watch.seen("hanging");
    const second = await client.exec(7, "text(1)");
    expect(second).toMatchObject({
      id: 7,
      error: {
        code: -32_600,
        message:
          "The id 7 is that of a request that has no answer yet; each request needs an id of its own.",
      },
    });
    const other = await client.exec(8, "text(8)");
    expect(other.result?.content.at(-1)).toMatchObject({ text: "8" });
    const again = await client.exec(8, "text(9)");
    expect(again.result?.content.at(-1)).toMatchObject({ text: "9" });
    await client.end();
    expect(await hanging).toEqual({
      jsonrpc: "2.0",
      id: 7,
      error: { code: -32_000, message: "The session has ended: its client has ended it." },
    });
  });

  test("one whose client is dropped meanwhile too", async () => {
    const { url, watch } = await startHttpGateway(["--config", config, "--verbose"]);
    const client = await RawClient.open(url);
    const hanging = client.exec(7, "await tools.mcp__fixture__hang()");
    await watch.seen("hanging");
    await Promise.all(Array.from({ length: 100 }, () => RawClient.open(url)));
    expect((await hanging).error?.message).toMatch(
      /^The session has ended: 100 other clients have asked since/,
    );
  });
});
