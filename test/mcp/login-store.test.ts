import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LoginProvider, storedLoginProvider } from "../../src/mcp/client/login-provider.js";
import { LoginStore, loginFolder } from "../../src/mcp/client/login-store.js";

const url = "https://mcp.example.com/mcp";
const redirectUrl = "http://127.0.0.1:5000/callback";
const tokens = { access_token: "a", token_type: "Bearer" };
const client = { client_id: "c" };
const login = { url, redirectUrl, client, tokens };

let home: string;
let folder: string;
let store: LoginStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "codecell-logins-"));
  folder = join(home, "codecell", "logins");
  store = new LoginStore(url, folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

/** The store's file. */
const fileOf = (of: LoginStore): string => of.file ?? "";

describe("the folder of logins is", () => {
  test.each([
    [{ XDG_CONFIG_HOME: "/config" }, "/config/codecell/logins"],
    [{}, join(homedir(), ".config/codecell/logins")],
  ])("with the environment %j %s", (environment, expected) => {
    expect(loginFolder(environment)).toBe(expected);
  });

  test("what a store uses that is given none", () => {
    expect(dirname(fileOf(new LoginStore(url)))).toBe(loginFolder());
  });
});

describe("a login", () => {
  test("is read as it was written, by another store too", () => {
    store.write(login);
    expect(store.read()).toEqual(login);
    expect(new LoginStore(url, folder).read()).toEqual(login);
  });

  test("is in a file and a folder that only its person can read, whatever the folder was before", () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    store.write(login);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf(store)).mode & 0o777).toBe(0o600);
  });

  test("is indented JSON, with a line's end, and leaves no draft", () => {
    store.write({ url, redirectUrl });
    store.write(login);
    expect(readdirSync(folder)).toEqual([basename(fileOf(store))]);
    expect(readFileSync(fileOf(store), "utf8")).toBe(`${JSON.stringify(login, null, 2)}\n`);
  });

  test("is there for the same address in other words, and not for another", () => {
    store.write(login);
    expect(new LoginStore("https://MCP.example.com:443/mcp", folder).read()).toEqual(login);
    for (const other of [
      "https://mcp.example.com/other",
      "http://mcp.example.com/mcp",
      "https://mcp.example.com/mcp?tenant=1",
      "https://mcp.example.org/mcp",
    ]) {
      expect(new LoginStore(other, folder).read()).toBeUndefined();
    }
  });

  test.each([
    ["https://mcp.example.com/mcp", /^mcp\.example\.com-[\da-f]{16}\.json$/],
    ["http://[::1]:8000/mcp", /^___1_-[\da-f]{16}\.json$/],
    ["https://my_server-1.test/", /^my_server-1\.test-[\da-f]{16}\.json$/],
  ])("at %s has the file %s", (at, name) => {
    expect(basename(fileOf(new LoginStore(at, folder)))).toMatch(name);
  });

  test("that is removed is there no more, and to remove it again says so", () => {
    store.write(login);
    expect(store.remove()).toBe(true);
    expect(store.read()).toBeUndefined();
    expect(store.remove()).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("that cannot be read names its file and why", () => {
    store.write(login);
    writeFileSync(fileOf(store), "{");
    expect(() => store.read()).toThrow(
      expect.objectContaining({
        code: "ERR_MCP_SERVER",
        message: `the login in ${store.file} cannot be read`,
        cause: expect.any(SyntaxError),
      }),
    );
  });

  test("cannot be kept where there is no home, and there is none to read or to remove", () => {
    vi.stubEnv("XDG_CONFIG_HOME", undefined);
    vi.stubEnv("HOME", "no/home");
    const homeless = new LoginStore(url);
    expect(homeless.file).toBeUndefined();
    expect(homeless.read()).toBeUndefined();
    expect(homeless.remove()).toBe(false);
    expect(() => homeless.write(login)).toThrow(
      expect.objectContaining({
        code: "ERR_MCP_SERVER",
        message:
          "the login cannot be kept: there is no home folder; set XDG_CONFIG_HOME to an absolute path",
      }),
    );
  });
});

describe("a login's provider", () => {
  const provider = (kept?: typeof login): { provider: LoginProvider; redirected: URL[] } => {
    const redirected: URL[] = [];
    const onRedirect = (to: URL): unknown => redirected.push(to);
    return { provider: new LoginProvider({ store, redirectUrl, onRedirect }, kept), redirected };
  };

  test("keeps tokens with the client they were given to", () => {
    const { provider: made } = provider();
    expect([made.tokens(), made.clientInformation()]).toEqual([undefined, undefined]);
    made.saveClientInformation(client);
    expect(store.read()).toBeUndefined();
    made.saveTokens(tokens);
    expect(store.read()).toEqual(login);
    expect([made.tokens(), made.clientInformation()]).toEqual([tokens, client]);
  });

  test("has what was kept, and what it is told for one login", () => {
    const { provider: made, redirected } = provider(login);
    expect([made.tokens(), made.clientInformation()]).toEqual([tokens, client]);
    expect([made.serverUrl, made.redirectUrl]).toEqual([url, redirectUrl]);
    expect([made.codeVerifier(), made.discoveryState()]).toEqual(["", undefined]);
    made.saveCodeVerifier("v");
    const state = { authorizationServerUrl: "https://login.test/" };
    made.saveDiscoveryState(state);
    expect([made.codeVerifier(), made.discoveryState()]).toEqual(["v", state]);
    const to = new URL("https://login.test/authorize");
    made.redirectToAuthorization(to);
    expect(redirected).toEqual([to]);
  });

  test("has a state that nobody guesses, another for each", () => {
    const [one, other] = [provider().provider, provider().provider];
    expect(one.state()).toBe(one.expectedState);
    expect(one.state()).toMatch(/^[\w-]{32}$/);
    expect(other.state()).not.toBe(one.state());
  });

  test("says that it is a public client of codes that can be renewed", () => {
    expect(provider().provider.clientMetadata).toEqual({
      client_name: "codecell",
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    });
  });

  const state = { authorizationServerUrl: "https://login.test/" };
  test.each([
    ["all", undefined, undefined, undefined],
    ["client", undefined, undefined, state],
    ["tokens", client, undefined, state],
    ["discovery", client, tokens, undefined],
    ["verifier", client, tokens, state],
  ] as const)("forgets of %s what is invalid, and leaves the file", (scope, own, given, found) => {
    store.write(login);
    const { provider: made } = provider(login);
    made.saveDiscoveryState(state);
    made.invalidateCredentials(scope);
    expect([made.clientInformation(), made.tokens(), made.discoveryState()]).toEqual([
      own,
      given,
      found,
    ]);
    expect(store.read()).toEqual(login);
  });
});

describe("a stored login", () => {
  test("is used where there are tokens, and has nobody who says yes again", () => {
    expect(storedLoginProvider(store)).toBeUndefined();
    store.write({ url, redirectUrl, client });
    expect(storedLoginProvider(store)).toBeUndefined();
    store.write({ ...login, redirectUrl: "http://127.0.0.1:6000/callback" });
    const provider = storedLoginProvider(store);
    expect(provider?.tokens()).toEqual(tokens);
    expect(provider?.redirectUrl).toBe("http://127.0.0.1:6000/callback");
    expect(() => provider?.redirectToAuthorization(new URL(url))).toThrow(
      expect.objectContaining({
        name: "LoginEndedError",
        message: "the login is no longer valid",
      }),
    );
  });
});
