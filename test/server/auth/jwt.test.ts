import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Authenticator } from "../../../src/server/auth/authenticator.js";
import { Tokens } from "../../../src/server/auth/jwt.js";

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

const folder = mkdtempSync(join(tmpdir(), "codecell-jwt-"));
const options = { jwks: join(folder, "jwks.json"), issuer: "https://issuer", audience: "cells" };
let pair: KeyPair;
let other: KeyPair;
let jwks: object;
beforeAll(async () => {
  [pair, other] = await Promise.all([
    generateKeyPair("RS256", { extractable: true }),
    generateKeyPair("RS256"),
  ]);
  jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "1" }] };
  writeFileSync(options.jwks, JSON.stringify(jwks));
});
afterAll(() => rmSync(folder, { recursive: true }));

const good = { tenant: "acme", scope: "run read nonsense", sub: "bot" };

function sign(
  claims: JWTPayload,
  { key = pair.privateKey, issuer = "https://issuer", audience = "cells", expires = "1h" } = {},
): Promise<string> {
  const token = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "1" });
  return token.setIssuer(issuer).setAudience(audience).setExpirationTime(expires).sign(key);
}

async function refusalOf(token: string): Promise<unknown> {
  const tokens = await Tokens.open(options);
  return tokens.read(token).then(
    () => "taken",
    ({ code }: { code: unknown }) => code,
  );
}

/** Why a token is refused. */
async function reasonOf(token: string): Promise<unknown> {
  const tokens = await Tokens.open(options);
  return tokens.read(token).catch(({ message }: Error) => message);
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

describe("a token", () => {
  test("says whose it is and what it allows", async () => {
    const authenticator = await Authenticator.open({ keys: [], jwt: options });
    const identity = await authenticator.identify(`Bearer ${await sign(good)}`);
    expect(identity).toEqual({
      tenant: "acme",
      scopes: new Set(["run", "read"]),
      subject: "bot",
    });
    // What cannot be a token is taken for a key.
    await expect(authenticator.identify("Bearer key")).rejects.toThrow("does not know the key");
  });

  test("has its claims under the names of the config", async () => {
    const tokens = await Tokens.open({ ...options, tenantClaim: "org", scopesClaim: "roles" });
    const identity = await tokens.read(await sign({ org: "b", roles: ["approve", "run"] }));
    expect(identity).toMatchObject({ tenant: "b", scopes: new Set(["approve", "run"]) });
  });

  test("is refused if it is not signed, or by somebody else, or with the public key as a secret", async () => {
    const claims = part({ ...good, iss: "https://issuer", aud: "cells", exp: 4e9 });
    const secret = new TextEncoder().encode(await exportSPKI(pair.publicKey));
    const confused = await new SignJWT(good)
      .setProtectedHeader({ alg: "HS256", kid: "1" })
      .setIssuer("https://issuer")
      .setAudience("cells")
      .setExpirationTime("1h")
      .sign(secret);
    const signed = await sign(good);
    const [head = "", , signature = ""] = signed.split(".");
    const forged = [
      `${part({ alg: "none" })}.${claims}.`,
      `${part({ alg: "NONE", kid: "1" })}.${claims}.x`,
      confused,
      await sign(good, { key: other.privateKey }),
      `${head}.${claims}.${signature}`,
      `${part({ alg: "RS256", kid: "1", jwk: await exportJWK(other.publicKey) })}.${claims}.${signature}`,
      `${signed}x`,
      "a.b.c",
      "..",
    ];
    for (const token of forged) expect(await refusalOf(token)).toBe("ERR_UNAUTHORIZED");
  });

  test("is refused if it has expired, never expires, or is for another", async () => {
    const endless = await new SignJWT(good)
      .setProtectedHeader({ alg: "RS256", kid: "1" })
      .setIssuer("https://issuer")
      .setAudience("cells")
      .sign(pair.privateKey);
    const refused = [
      await sign(good, { expires: "-1h" }),
      endless,
      await sign(good, { issuer: "https://other" }),
      await sign(good, { audience: "other" }),
      await sign({ ...good, tenant: "../acme" }),
      await sign({ ...good, tenant: ["acme"] }),
      await sign({ scope: "run" }),
    ];
    for (const token of refused) expect(await refusalOf(token)).toBe("ERR_UNAUTHORIZED");
  });

  test("is refused with a reason that says what to do", async () => {
    const reasons = [
      [{ expires: "-1h" }, "it has expired"],
      [{ issuer: "https://other" }, 'its claim "iss" is not what it must be'],
      [{ key: other.privateKey }, "it is not signed by a key that this server knows"],
    ] as const;
    for (const [how, why] of reasons) {
      expect(await reasonOf(await sign(good, how))).toBe(`The token is refused: ${why}.`);
    }
    expect(await reasonOf(await sign({ tenant: "A" }))).toMatch(
      /^The token is refused: its claim "tenant" must be a tenant: a letter or digit, /,
    );
  });

  test("without scopes allows nothing, and without a subject is of one that is called token", async () => {
    const tokens = await Tokens.open(options);
    expect(await tokens.read(await sign({ tenant: "acme" }))).toEqual({
      tenant: "acme",
      scopes: new Set(),
      subject: "token",
    });
  });

  test("may have expired half a minute ago, as clocks differ, and no longer", async () => {
    const now = Math.floor(Date.now() / 1000);
    const signed = (exp: number) =>
      new SignJWT({ ...good, iss: "https://issuer", aud: "cells", exp })
        .setProtectedHeader({ alg: "RS256", kid: "1" })
        .sign(pair.privateKey);
    expect(await refusalOf(await signed(now - 31))).toBe("ERR_UNAUTHORIZED");
    vi.useFakeTimers({ now: now * 1000, toFake: ["Date"] });
    try {
      expect(await refusalOf(await signed(now - 29))).toBe("taken");
    } finally {
      vi.useRealTimers();
    }
  });

  test("is not refused but told to come again where the server with the keys says nothing", async () => {
    const http = createServer(() => {});
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const tokens = await Tokens.open({ ...options, jwks: `http://127.0.0.1:${port}/jwks` });
    await expect(tokens.read(await sign(good))).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
      retryAfterMs: 1000,
    });
    http.closeAllConnections();
    http.close();
  });

  test("is checked with keys that a server has, and where that does not answer it is told so", async () => {
    let answers = true;
    const http = createServer((_request, response) => {
      if (answers) response.setHeader("content-type", "application/json").end(JSON.stringify(jwks));
      else response.writeHead(500).end();
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const fromUrl = { ...options, jwks: `http://127.0.0.1:${port}/jwks` };
    const token = await sign(good);
    expect(await (await Tokens.open(fromUrl)).read(token)).toMatchObject({ tenant: "acme" });
    answers = false;
    const failing = (await Tokens.open(fromUrl)).read(token);
    await expect(failing).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
    http.close();
    http.closeAllConnections();
    const gone = (await Tokens.open(fromUrl)).read(token);
    await expect(gone).rejects.toMatchObject({ code: "ERR_UNAVAILABLE" });
  });
});

test("keys are a file's where their address only has http:// in it", async () => {
  mkdirSync(join(folder, "http:"));
  writeFileSync(join(folder, "http:", "jwks.json"), JSON.stringify(jwks));
  const tokens = await Tokens.open({ ...options, jwks: `${folder}/http://jwks.json` });
  expect(await tokens.read(await sign(good))).toMatchObject({ tenant: "acme" });
});

test("a file without keys is told when it is opened", async () => {
  const jwt = { ...options, jwks: join(folder, "none.json") };
  await expect(Authenticator.open({ keys: [], jwt })).rejects.toMatchObject({
    code: "ERR_INVALID_OPTION",
    message: expect.stringMatching(
      /none.json of jwt.jwks cannot be read from the folder .*: ENOENT/,
    ),
  });
});
