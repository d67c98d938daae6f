import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliResult, runCli, startCli, Workspace } from "../support/cli.js";
import { OAuthMcpServer } from "../support/oauth-server.js";

let workspace: Workspace;
let server: OAuthMcpServer;
let config: string;
let cell: string;

beforeEach(async () => {
  workspace = new Workspace();
  server = await OAuthMcpServer.open();
  config = workspace.config({ hosted: { url: server.url }, local: { command: "true" } });
  cell = workspace.file("cell.js", "text(await tools.mcp__hosted__hello({}));");
});
afterEach(async () => {
  workspace[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

function environment() {
  return { XDG_CONFIG_HOME: join(workspace.path, "config") };
}

function cli(...args: readonly string[]): Promise<CliResult> {
  return runCli(args, { env: environment() });
}

/** Starts a login, and gives the page that the person is to open. */
async function startLogin() {
  const args = ["login", "hosted", "--config", config, "--no-browser"];
  const { ended, watch, child } = startCli(args, undefined, environment());
  await watch.seen("/authorize?");
  const page = watch.lines.find((line) => line.includes("/authorize?")) ?? "";
  return { page: new URL(page), ended, child };
}

async function login(): Promise<void> {
  const { page, ended } = await startLogin();
  expect(await (await fetch(page)).text()).toContain("You are logged in.");
  expect(await ended).toMatchObject({ code: 0 });
}

/** A config without the server that is no server. */
function hostedAlone(): string {
  return workspace.file(
    "hosted.json",
    JSON.stringify({ mcpServers: { hosted: { url: server.url } } }),
  );
}

test("a server that wants a login says so, and after codecell login its tools are there", async () => {
  const before = await cli("run", cell, "--config", hostedAlone());
  expect(before.code).toBe(1);
  expect(before.stderr).toContain(
    'MCP server "hosted" did not start: it wants a login (401 Unauthorized): run codecell login hosted',
  );
  await login();
  expect(await cli("run", cell, "--config", hostedAlone())).toMatchObject({
    code: 0,
    stdout: "hello to you\n",
  });
  expect(server.grants).toEqual(["authorization_code"]);
});

test("the login is in a folder and a file that only the person can read", async () => {
  await login();
  const folder = join(workspace.path, "config", "codecell", "logins");
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const [file = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toMatchObject({
    url: server.url,
    tokens: { token_type: "Bearer" },
  });
});

test("a login is renewed when it has expired, and what came is kept", async () => {
  await login();
  for (let i = 1; i <= 2; i += 1) {
    server.expire();
    const result = await cli("run", cell, "--config", hostedAlone());
    expect(result).toMatchObject({ code: 0, stdout: "hello to you\n" });
  }
  expect(server.grants).toEqual(["authorization_code", "refresh_token", "refresh_token"]);
});

test("a login that can be renewed no more is told, and so is one that was removed", async () => {
  await login();
  server.revoke();
  const revoked = await cli("run", cell, "--config", hostedAlone());
  expect(revoked.code).toBe(1);
  expect(revoked.stderr).toContain("is no longer valid: run codecell login hosted");
  const out = await cli("logout", "hosted", "--config", config);
  expect(out).toMatchObject({ code: 0, stderr: "logged out of hosted\n" });
  const again = await cli("logout", "hosted", "--config", config);
  expect(again).toMatchObject({ code: 0, stderr: "there was no login at hosted\n" });
  expect((await cli("run", cell, "--config", hostedAlone())).stderr).toContain("it wants a login");
});

test("a browser that comes back without the login's state is sent away, and the login goes on", async () => {
  const { page, ended } = await startLogin();
  const back = new URL(page.searchParams.get("redirect_uri") ?? "");
  back.searchParams.set("code", "stolen");
  for (const state of [undefined, "", "another"]) {
    if (state !== undefined) back.searchParams.set("state", state);
    expect((await fetch(back)).status).toBe(400);
  }
  await fetch(page);
  expect(await ended).toMatchObject({ code: 0 });
});

test("a refused login, and one that is interrupted, keep nothing", async () => {
  server.refusesLogin = true;
  const refused = await startLogin();
  await fetch(refused.page);
  const result = await refused.ended;
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('codecell: no login at "hosted": The person said no.');
  const interrupted = await startLogin();
  interrupted.child.kill("SIGINT");
  expect(await interrupted.ended).toMatchObject({ code: 130 });
  expect(await cli("logout", "hosted", "--config", config)).toMatchObject({
    stderr: "there was no login at hosted\n",
  });
});

test.each([
  ["none", 'has no server "none"; there are hosted, local'],
  ["local", 'the server "local" is started by a command'],
])("there is no login at %s", async (name, why) => {
  const result = await cli("login", name, "--config", config);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain(why);
});

test("a server that cannot be reached is told", async () => {
  await server[Symbol.asyncDispose]();
  const result = await cli("login", "hosted", "--config", config);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('the server "hosted" cannot be reached: ');
});
