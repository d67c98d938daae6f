import { readFileSync } from "node:fs";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { refusedCaller } from "../../../src/mcp/gateway/access.js";
import type { Mount } from "../../../src/server/http/http-front.js";
import { Served, twoTenants } from "../../support/served.js";

const cert = readFileSync("test/fixtures/tls/localhost-cert.pem", "utf8");
const key = readFileSync("test/fixtures/tls/localhost-key.pem", "utf8");

test("with a certificate it is served over TLS, and nothing else is", async () => {
  await using served = await Served.start({ tls: { cert, key } });
  const url = served.url.replace("http:", "https:").replace("127.0.0.1", "localhost");
  const answer = await new Promise<string>((resolve, reject) => {
    get(`${url}/healthz`, { ca: cert, family: 4 }, (response) => {
      text(response).then(resolve, reject);
    }).on("error", reject);
  });
  expect(JSON.parse(answer)).toEqual({ status: "ok" });
  await expect(fetch(`${served.url}/healthz`)).rejects.toThrow();
});

test("a server that other machines reach serves its own pages, and those that it was told of", () => {
  const rules = { isLoopback: false, allowedOrigins: ["app.example"], hasPages: true };
  const host = "cells.example:8443";
  const refused = (origin: string | undefined) => refusedCaller({ host, origin }, rules);
  const served = [undefined, "https://cells.example:8443", "https://app.example"];
  expect(served.map(refused)).toEqual([undefined, undefined, undefined]);
  for (const origin of ["https://cells.example", "https://evil.example", "null", "x"]) {
    expect(refused(origin)).toBeTypeOf("string");
  }
  const own = { host, origin: `https://${host}` };
  expect(refusedCaller(own, { isLoopback: false, allowedOrigins: [] })).toBeTypeOf("string");
  expect(refusedCaller({ host: undefined, origin: "null" }, rules)).toBeTypeOf("string");
});

test("a server of one machine serves pages of that machine, asked for by its own names", () => {
  const rules = { isLoopback: true, allowedOrigins: [] };
  const evil = { host: "evil.example", origin: "http://evil.example" };
  expect(refusedCaller(evil, rules)).toBeTypeOf("string");
  expect(refusedCaller({ host: "localhost:1", origin: "http://localhost:1" }, rules)).toBe(
    undefined,
  );
  expect(refusedCaller({ host: undefined, origin: undefined }, rules)).toBeTypeOf("string");
});

describe("a page of another origin", () => {
  const origin = "https://app.example";
  const asks = { origin, "access-control-request-method": "POST" };

  test("may send what a client sends, and read the answer, where its host is allowed", async () => {
    await using served = await Served.start({ keys: twoTenants, allowedOrigins: ["app.example"] });
    const path = "/v1/sessions/s/cells";
    const asked = await served.ask("OPTIONS", path, { key: "", headers: asks });
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe(origin);
    expect(asked.headers.get("access-control-allow-headers")).toMatch(
      /authorization, content-type, idempotency-key/,
    );
    expect(asked.headers.get("access-control-allow-methods")).toBe("GET, POST, DELETE");
    expect(asked.headers.get("access-control-max-age")).toBe("600");
    // What goes wrong can be read as well.
    for (const [key, status] of [["a", 200] as const, ["unknown", 401] as const]) {
      const answer = await served.ask("GET", "/v1/cells", { key, headers: { origin } });
      expect(answer.status).toBe(status);
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("vary")).toBe("origin");
      expect(answer.headers.get("access-control-expose-headers")).toContain("retry-after");
    }
  });

  test("is told whether it may ask by what answers all pages, and no mount is asked", async () => {
    const asked: unknown[] = [];
    const handle: Mount["handle"] = async ({ method }, response) => {
      asked.push(method);
      response.end();
    };
    await using served = await Served.start({
      keys: twoTenants,
      allowedOrigins: ["app.example"],
      mounts: [{ prefix: "/mounted/", handle }],
    });
    expect((await served.ask("OPTIONS", "/mounted/x", { headers: asks })).status).toBe(204);
    expect((await served.ask("POST", "/mounted/x", { headers: { origin } })).status).toBe(200);
    expect(asked).toEqual(["POST"]);
  });

  test("asks whether it may with the method and the header of that question, and no other way", async () => {
    await using served = await Served.start({ keys: twoTenants, allowedOrigins: ["app.example"] });
    const question = { "access-control-request-method": "POST" };
    const ask = async (method: string, headers: Readonly<Record<string, string>>) =>
      (await served.ask(method, "/v1/cells", { key: "a", headers })).status;
    expect(await ask("OPTIONS", { origin })).toBe(405);
    expect(await ask("GET", { origin, ...question })).toBe(200);
    expect(await ask("OPTIONS", question)).toBe(405);
  });

  test.each([
    ["https://app.example.evil.example", 403],
    ["https://evil.example", 403],
    ["null", 403],
    // Pages of this machine are not refused, but browsers let them read nothing.
    ["http://localhost:5173", 405],
  ])("is told nothing where its host is not allowed: %s", async (other, status) => {
    await using served = await Served.start({ keys: twoTenants, allowedOrigins: ["app.example"] });
    const headers = { ...asks, origin: other };
    const answer = await served.ask("OPTIONS", "/v1/cells", { key: "a", headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});
