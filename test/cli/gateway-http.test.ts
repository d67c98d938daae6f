import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { runCli, Workspace } from "../support/cli.js";
import {
  cellIdOf,
  connectOverHttp,
  eras,
  exec,
  startHttpGateway,
  textsOf,
  wait,
} from "../support/gateway.js";
import { fixtureServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const config = workspace.config({ fixture: fixtureServer() });

describe("over HTTP", () => {
  test("clients with sessions store values and run cells apart from each other", async () => {
    const { url } = await startHttpGateway(["--config", config]);
    const [one, other] = await Promise.all([
      connectOverHttp("legacy", url),
      connectOverHttp("legacy", url),
    ]);
    await exec(one, `store("whose", "mine")`);
    expect(textsOf(await exec(one, `text(load("whose"))`))).toEqual(["mine"]);
    expect(textsOf(await exec(other, `text(load("whose"))`))).toEqual(["undefined"]);
  });

  test("clients without sessions share stored values and cells", async () => {
    const { url } = await startHttpGateway(["--config", config]);
    const [one, other] = await Promise.all([
      connectOverHttp("modern", url),
      connectOverHttp("modern", url),
    ]);
    const yielded = await exec(one, `store("whose", "ours"); yield_control(); text("later")`);
    expect(textsOf(await wait(other, cellIdOf(yielded)))).toEqual(["later"]);
    expect(textsOf(await exec(other, `text(load("whose"))`))).toEqual(["ours"]);
  });

  test.each(eras)("a %s client terminates a cell by cancelling its request", async (era) => {
    const { url, watch } = await startHttpGateway(["--config", config, "--verbose"]);
    const client = await connectOverHttp(era, url);
    const cancel = new AbortController();
    const running = exec(client, "await tools.mcp__fixture__hang({})", { signal: cancel.signal });
    await watch.seen("hanging");
    cancel.abort(new Error("never mind"));
    await expect(running).rejects.toThrow("never mind");
    await watch.seen("cancelled");
  });

  test("what a client leaves behind ends when it has had no connection for so long", async () => {
    const args = ["--config", config, "--verbose", "--idle", "2000"];
    const { url, watch } = await startHttpGateway(args);
    const listening = await connectOverHttp("legacy", url);
    await exec(listening, `store("mine", 1)`);
    const post = await beginByHand(url);
    const code = "yield_control(); await tools.mcp__fixture__hang({})";
    const yielded = await post("tools/call", { name: "exec", arguments: { code } });
    expect(await yielded.text()).toContain("cell ID");
    await watch.seen("hanging");
    await watch.seen("cancelled");
    expect((await post("ping")).status).toBe(404);
    // It holds a stream for what the server may have to say.
    expect(textsOf(await exec(listening, `text(load("mine"))`))).toEqual(["1"]);
  });

  test("web pages of other hosts and other names of this machine are refused", async () => {
    const { url } = await startHttpGateway(["--config", config, "--allow-origin", "example.com"]);
    const status = (headers: Record<string, string>) =>
      fetch(url, { method: "POST", headers, body: "{}" }).then((response) => response.status);
    expect(await status({ origin: "https://evil.example" })).toBe(403);
    expect(await status({ origin: "null" })).toBe(403);
    expect(await status({ origin: "https://example.com" })).not.toBe(403);
    expect(await status({ origin: "http://localhost:5173" })).not.toBe(403);
    const { hostname, port } = new URL(url);
    expect(await statusOf({ hostname, port, host: "rebound.example" })).toBe(403);
  });

  test("an address that others can reach needs a token, which is made where none is given", async () => {
    const { url, watch } = await startHttpGateway(["--config", config], "http://0.0.0.0:0");
    await watch.seen("Authorization: Bearer ");
    const line = watch.lines.find((candidate) => candidate.includes("Bearer ")) ?? "";
    const token = line.split("Bearer ")[1]?.trim();
    const local = url.replace("0.0.0.0", "127.0.0.1");
    expect((await fetch(local, { method: "POST", body: "{}" })).status).toBe(401);
    const headers = { authorization: "Bearer wrong" };
    expect((await fetch(local, { method: "POST", body: "{}", headers })).status).toBe(401);
    const client = await connectOverHttp("legacy", local, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(textsOf(await exec(client, "text(1)"))).toEqual(["1"]);
  });

  test("SIGTERM ends it in good order, and Ctrl-C with 130", async () => {
    for (const [signal, code] of [
      ["SIGTERM", 0],
      ["SIGINT", 130],
    ] as const) {
      const { child, ended, watch, url } = await startHttpGateway(["--config", config]);
      await watch.seen("● fixture");
      const client = await connectOverHttp("legacy", url);
      await exec(client, "yield_control(); for (;;);");
      child.kill(signal);
      expect(await ended).toMatchObject({ code, signal: null });
    }
  });

  test("a request that its client does not finish keeps the command from ending no longer", async () => {
    const { child, ended, url } = await startHttpGateway(["--config", config]);
    const { hostname, port } = new URL(url);
    const client = connect(Number(port), hostname);
    client.write(
      `POST /mcp HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n`,
    );
    // The server has read the head and waits for the body.
    const [answer] = await once(client, "data");
    expect(String(answer)).toMatch(/^HTTP\/1.1 100 /);
    const cut = once(client, "close");
    client.on("error", () => {});
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 0, signal: null });
    await cut;
  });

  test("of a long program the first forty lines are shown, and how many more there are", async () => {
    const { url, watch } = await startHttpGateway(["--config", config, "--verbose"]);
    const client = await connectOverHttp("modern", url);
    const lines = Array.from({ length: 43 }, (_, i) => `// line ${i + 1}`);
    await exec(client, lines.slice(0, 40).join("\n"));
    await exec(client, lines.join("\n"));
    await watch.seen("more");
    const shown = watch.lines.flatMap((line) => /^ *│ (.*)/.exec(line)?.[1] ?? []);
    const first = lines.slice(0, 40);
    expect(shown).toEqual([...first, ...first, "… 3 lines more"]);
  });

  test("with --verbose each line is shown that a server writes to its standard error", async () => {
    const loud = { command: process.execPath, args: ["-e", "console.error('I am here')"] };
    const args = ["--config", workspace.config({ loud }), "--verbose"];
    const { watch } = await startHttpGateway(args);
    await watch.seen("loud │ I am here");
  });

  test("an address in use is an error that says so", async () => {
    const { url } = await startHttpGateway(["--config", config]);
    const { code, stderr } = await runCli(["mcp", "--config", config, "--listen", url]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /cannot listen at 127.0.0.1:\d+: another program listens there/,
      ),
    });
  });
});

/** A session without a client that keeps a connection: posts one request. */
async function beginByHand(
  url: string,
): Promise<(method: string, params?: object) => Promise<Response>> {
  let session: Record<string, string> = {};
  const post = (method: string, params: object = {}): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...session,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: method, method, params }),
    });
  const response = await post("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "by-hand", version: "1.0.0" },
  });
  await response.text();
  session = { "mcp-session-id": response.headers.get("mcp-session-id") ?? "" };
  return post;
}

/** With a Host header of one's own, which fetch does not send. */
async function statusOf(target: {
  readonly hostname: string;
  readonly port: string;
  readonly host: string;
}): Promise<number | undefined> {
  const { request } = await import("node:http");
  const { hostname, port, host } = target;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: "/mcp", method: "POST", headers: { host } });
    sent.once("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once("error", reject);
    sent.end("{}");
  });
}
