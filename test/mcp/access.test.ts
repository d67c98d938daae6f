import { describe, expect, test } from "vitest";
import { type AccessRules, refuse } from "../../src/mcp/gateway/access.js";

const token = "Zm9vYmFy-_9";
const here: AccessRules = { isLoopback: true, token: undefined, allowedOrigins: [] };

interface Asked {
  readonly method?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly authorization?: string;
}

/** The status of the refusal; undefined where the request is served. */
function statusOf(asked: Asked, rules: Partial<AccessRules> = {}): number | undefined {
  return refusalOf(asked, rules)?.status;
}

function refusalOf(
  { method = "POST", host = "127.0.0.1:7000", ...headers }: Asked,
  rules: Partial<AccessRules>,
): Response | undefined {
  const request = new Request("http://127.0.0.1:7000/mcp", {
    method,
    headers: { host, ...headers },
  });
  return refuse(request, { ...here, ...rules });
}

describe("with a token", () => {
  const withToken = { token };

  test.each([`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`, `Bearer ${token}  `])(
    "a request is served with %j",
    (authorization) => {
      expect(statusOf({ authorization }, withToken)).toBeUndefined();
    },
  );

  test.each([
    `Bearer ${token}x`,
    `Bearer x${token}`,
    `Bearer ${token.toLowerCase()}`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token},`,
  ])("%j is another token", async (authorization) => {
    const refusal = refusalOf({ authorization }, withToken);
    expect(refusal?.status).toBe(401);
    expect(await refusal?.json()).toMatchObject({
      jsonrpc: "2.0",
      id: null,
      error: { message: expect.stringContaining("is another than this server's") },
    });
  });

  test.each([
    undefined,
    "",
    token,
    "Bearer",
    "Bearer ",
    `Bearer${token}`,
    `Basic ${token}`,
    `x Bearer ${token}`,
    `Bearer ${token} x`,
    `Bearer x ${token}`,
    `Bearer ${token}, Bearer ${token}`,
  ])("%j is none", async (authorization) => {
    const refusal = refusalOf(authorization === undefined ? {} : { authorization }, withToken);
    expect(refusal?.status).toBe(401);
    expect(refusal?.headers.get("www-authenticate")).toBe('Bearer realm="codecell"');
    expect(await refusal?.json()).toMatchObject({
      error: { message: expect.stringContaining("expects the header Authorization: Bearer TOKEN") },
    });
  });

  test.each(["GET", "POST", "DELETE", "OPTIONS", "PUT"])("%s needs it too", (method) => {
    expect(statusOf({ method }, withToken)).toBe(401);
    expect(statusOf({ method, authorization: `Bearer ${token}` }, withToken)).toBeUndefined();
  });

  test("a page of another host is refused though it has the token", () => {
    const authorization = `Bearer ${token}`;
    expect(statusOf({ authorization, origin: "https://evil.example" }, withToken)).toBe(403);
    expect(statusOf({ authorization, host: "evil.example" }, withToken)).toBe(403);
  });
});

describe("the header Origin", () => {
  test.each([
    "http://localhost",
    "http://localhost:5173",
    "https://127.0.0.1:1",
    "http://[::1]:8080",
    "https://app.example",
    "https://app.example:8443",
  ])("%s is served", (origin) => {
    expect(statusOf({ origin }, { allowedOrigins: ["app.example"] })).toBeUndefined();
  });

  test.each([
    "https://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://127.evil.example",
    "https://sub.app.example",
    "https://app.example.evil.example",
    "null",
    "nonsense",
  ])("%s is refused", (origin) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      expect(statusOf({ method, origin }, { allowedOrigins: ["app.example"] })).toBe(403);
    }
  });

  test("is looked at where other machines can connect, too", () => {
    const open = { isLoopback: false, token };
    const authorization = `Bearer ${token}`;
    expect(statusOf({ authorization, origin: "https://evil.example" }, open)).toBe(403);
  });
});

describe("the header Host", () => {
  test.each(["localhost", "localhost:7000", "127.0.0.1", "[::1]:7000"])("%s is served", (host) => {
    expect(statusOf({ host })).toBeUndefined();
  });

  test.each([
    "evil.example",
    "evil.example:7000",
    "127.evil.example",
    "localhost.evil.example",
    "127.0.0.2",
  ])("%s is refused where only this machine can connect", (host) => {
    for (const method of ["GET", "POST", "DELETE"]) expect(statusOf({ method, host })).toBe(403);
    expect(statusOf({ host }, { isLoopback: false })).toBeUndefined();
  });
});
