import { request } from "node:http";
import { afterAll, describe, expect, test } from "vitest";
import { startCli, Workspace } from "../support/cli.js";
import { startHttpGateway } from "../support/gateway.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());
const config = workspace.config({});

const methods = ["GET", "POST", "DELETE", "OPTIONS", "PUT"] as const;

/** What a request is answered with; `path` and `body` as they are. */
function statusOf(
  url: string,
  options: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<number> {
  const { method = "POST", path = "/mcp", headers = {}, body = "" } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers });
    sent.once("response", (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

describe("who may ask", () => {
  test("the token of the environment is asked for on loopback too, and nothing else will do", async () => {
    const cli = startCli(["mcp", "-c", config, "-l", "http://127.0.0.1:0"], undefined, {
      CODECELL_MCP_TOKEN: "right-token",
    });
    await cli.watch.seen("http://");
    const url = /http:\S+/.exec(cli.watch.lines.join("\n"))?.[0] ?? "";
    for (const method of methods) expect(await statusOf(url, { method })).toBe(401);
    for (const authorization of [
      "Bearer right-tokenx",
      "Bearer right-token x",
      "Bearer right-toke",
      "Bearer ",
      "Basic right-token",
      "right-token",
      "xBearer right-token",
    ]) {
      expect(await statusOf(url, { headers: { authorization } }), authorization).toBe(401);
    }
    for (const authorization of ["Bearer right-token", "bearer right-token "]) {
      expect(await statusOf(url, { headers: { authorization } }), authorization).not.toBe(401);
    }
    expect(cli.watch.lines.join("\n")).not.toContain("right-token");
  });

  test("Origin and Host are looked at whatever the method", async () => {
    const { url } = await startHttpGateway(["--config", config]);
    for (const method of methods) {
      const fromPage = { origin: "https://evil.example" };
      expect(await statusOf(url, { method, headers: fromPage }), method).toBe(403);
      const rebound = { host: "rebound.example" };
      expect(await statusOf(url, { method, headers: rebound }), method).toBe(403);
    }
  });

  test("nothing is served at other paths", async () => {
    const { url } = await startHttpGateway(["--config", config]);
    for (const path of ["/", "/mcp/", "/mcpx", "/other?path=/mcp"]) {
      expect(await statusOf(url, { path }), path).toBe(404);
    }
    expect(await statusOf(url, { path: "/mcp?query=1", body: "{}" })).not.toBe(404);
  });

  test("a body of 16 MiB is read, and a longer one refused", async () => {
    const { url } = await startHttpGateway(["--config", config]);
    const headers = {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    };
    const ping = (bytes: number): string => {
      const empty = { jsonrpc: "2.0", id: 1, method: "ping", params: { _meta: { x: "" } } };
      const filling = "x".repeat(bytes - JSON.stringify(empty).length);
      return JSON.stringify({ ...empty, params: { _meta: { x: filling } } });
    };
    const most = 16 * 1024 * 1024;
    expect(await statusOf(url, { headers, body: ping(most) })).toBe(400);
    expect(await statusOf(url, { headers, body: ping(most + 1) })).toBe(413);
  });
});
