import { readFileSync } from "node:fs";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { refusedCaller } from "../../../src/mcp/gateway/access.js";
import { Served } from "../../support/served.js";

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
  const rules = { isLoopback: false, allowedOrigins: ["app.example"] };
  const host = "cells.example:8443";
  const refused = (origin: string | undefined) => refusedCaller({ host, origin }, rules);
  const served = [undefined, "https://cells.example:8443", "https://app.example"];
  expect(served.map(refused)).toEqual([undefined, undefined, undefined]);
  for (const origin of ["https://cells.example", "https://evil.example", "null", "x"]) {
    expect(refused(origin)).toBeTypeOf("string");
  }
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
