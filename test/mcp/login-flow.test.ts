import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askForLogin, logIn } from "../../src/mcp/client/login-flow.js";
import { LoginProvider } from "../../src/mcp/client/login-provider.js";
import { LoginStore } from "../../src/mcp/client/login-store.js";
import { Held } from "../support/cells.js";
import { HttpMcpServer } from "../support/http-mcp-server.js";
import { OAuthMcpServer } from "../support/oauth-server.js";

const { signal } = new AbortController();
let folder: string;
let server: OAuthMcpServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "codecell-login-"));
  server = await OAuthMcpServer.open();
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
});

describe("a server that is asked what login it wants", () => {
  test("says where to find that", async () => {
    expect(await askForLogin(server.url, signal)).toEqual({
      resourceMetadataUrl: new URL(`${server.origin}/.well-known/oauth-protected-resource/mcp`),
    });
  });

  test("may say nothing, and which scope it wants", async () => {
    for (const [challenge, said] of [
      [{}, {}],
      [{ "www-authenticate": "Bearer" }, {}],
      [{ "www-authenticate": 'Bearer scope="tools read"' }, { scope: "tools read" }],
    ] as const) {
      await using other = await HttpMcpServer.open((_request, response) => {
        response.writeHead(401, challenge).end();
        return "answered";
      });
      expect(await askForLogin(other.url, signal)).toEqual(said);
    }
  });

  test("is asked as a client would, and wants none where it answers, whatever its headers say", async () => {
    for (const status of [200, 403, 500]) {
      await using open = await HttpMcpServer.open((_request, response) => {
        response.writeHead(status, { "www-authenticate": 'Bearer scope="tools"' }).end("{}");
        return "answered";
      });
      expect(await askForLogin(open.url, signal)).toEqual({});
      expect(open.requests).toMatchObject([
        {
          verb: "POST",
          method: "ping",
          headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
          },
        },
      ]);
    }
  });

  test("fails where it is not there, and where that is taken back", async () => {
    const { url } = server;
    await expect(askForLogin(url, AbortSignal.abort(new Error("enough")))).rejects.toThrow(
      "enough",
    );
    await server[Symbol.asyncDispose]();
    await expect(askForLogin(url, signal)).rejects.toThrow("fetch failed");
  });
});

describe("a login", () => {
  const redirectUrl = "http://127.0.0.1:5000/callback";

  /** A provider whose person opens each page at once, and what the browser brings back. */
  function withPerson(): { provider: LoginProvider; store: LoginStore; back: Held<URL> } {
    const store = new LoginStore(server.url, folder);
    const back = new Held<URL>();
    const onRedirect = async (page: URL): Promise<void> => {
      const answer = await fetch(page, { redirect: "manual" });
      back.resolve(new URL(answer.headers.get("location") ?? ""));
    };
    const options = { store, redirectUrl, onRedirect: (page: URL) => void onRedirect(page) };
    return { provider: new LoginProvider(options, store.read()), store, back };
  }

  async function run({ provider, back }: ReturnType<typeof withPerson>): Promise<void> {
    const next = back.promise.then((url) => ({
      code: url.searchParams.get("code") ?? "",
      iss: undefined,
    }));
    await logIn(provider, await askForLogin(server.url, signal), next);
  }

  test("sends the person to the server's page, and keeps the tokens for what they bring", async () => {
    const person = withPerson();
    await run(person);
    expect((await person.back.promise).searchParams.get("state")).toBe(
      person.provider.expectedState,
    );
    expect(person.store.read()?.tokens).toMatchObject({ token_type: "Bearer" });
    expect(server.grants).toEqual(["authorization_code"]);
  });

  test("that can be renewed asks no person", async () => {
    await run(withPerson());
    const again = withPerson();
    const before = again.store.read()?.tokens?.access_token;
    const nobody = new Promise<never>(() => {});
    await logIn(again.provider, await askForLogin(server.url, signal), nobody);
    expect(server.grants).toEqual(["authorization_code", "refresh_token"]);
    expect(again.store.read()?.tokens?.access_token).not.toBe(before);
  });

  test("fails, and keeps nothing, where the code is another's or the issuer is not the server's", async () => {
    const wrong = withPerson();
    const challenge = await askForLogin(server.url, signal);
    const stolen = Promise.resolve({ code: "stolen", iss: undefined });
    await expect(logIn(wrong.provider, challenge, stolen)).rejects.toThrow();
    const mixed = withPerson();
    const other = mixed.back.promise.then((url) => ({
      code: url.searchParams.get("code") ?? "",
      iss: "https://another.test",
    }));
    await expect(logIn(mixed.provider, challenge, other)).rejects.toThrow();
    expect(mixed.store.read()).toBeUndefined();
  });
});
