import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { afterAll, expect, test } from "vitest";
import { runCli, Workspace } from "../support/cli.js";
import {
  cellIdOf,
  connectOverHttp,
  connectOverStdio,
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
let files = 0;

function newArgs(): readonly string[] {
  files += 1;
  return ["--config", config, "--verbose", "--store", join(workspace.path, `${files}.db`)];
}

/** Starts processes one after another, which takes long on a busy machine. */
const timeoutMs = 180_000;

/** Calls a tool that does not answer, and says whether it is told that this is all that is known. */
const hanging = `
  store("who", "me");
  text("begun");
  const isLost = tools.mcp__fixture__hang({}).then(() => false, ({ message }) => /not known/.test(message));
  yield_control();
  text(await isLost);`;

async function kill({ client, pid }: { readonly client: Client; readonly pid: number }) {
  const closed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  process.kill(pid, "SIGKILL");
  await closed;
}

test.each(eras)(
  "with a store, a %s client waits for a program that its killed server has left",
  async (era) => {
    const args = [...newArgs(), "--ask", "mcp__fixture__text"];
    const capabilities = { elicitation: {} };
    const first = await connectOverStdio(era, args, { capabilities });
    const rest = `text(await tools.mcp__fixture__text({})); notify("asked");`;
    const yielded = await exec(first.client, hanging + rest);
    expect(textsOf(yielded)).toEqual(["begun"]);
    await first.stderr.seen("hanging");
    await kill(first);

    const { client } = await connectOverStdio(era, args, { capabilities });
    const asked: string[] = [];
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      asked.push(params.message);
      return { action: "accept", content: {} };
    });
    const told = new Promise((resolve) => {
      client.setNotificationHandler("notifications/message", ({ params }) => resolve(params.data));
    });
    if (era === "legacy") await client.setLoggingLevel("info");
    const cellId = cellIdOf(yielded);
    const texts: string[] = [];
    let outcome = await wait(client, cellId);
    for (; cellIdOf(outcome) === cellId; outcome = await wait(client, cellId)) {
      texts.push(...textsOf(outcome));
    }
    texts.push(...textsOf(outcome));
    expect(texts.slice(-2)).toEqual(["true", "plain"]);
    expect(asked).toEqual([expect.stringContaining("mcp__fixture__text")]);
    if (era === "legacy") expect(await told).toBe("asked");
    expect(textsOf(await exec(client, `text(load("who"))`))).toEqual(["me"]);
  },
  timeoutMs,
);

test(
  "over HTTP, a client finds a program of an earlier server by its id",
  async () => {
    const args = newArgs();
    const first = await startHttpGateway(args);
    const yielded = await exec(await connectOverHttp("legacy", first.url), hanging);
    await first.watch.seen("hanging");
    first.child.kill("SIGKILL");
    await first.ended;

    const { url } = await startHttpGateway(args);
    const client = await connectOverHttp("legacy", url);
    expect(textsOf(await wait(client, cellIdOf(yielded))).at(-1)).toBe("true");
    expect(textsOf(await exec(client, `text(load("who"))`))).toEqual(["me"]);
  },
  timeoutMs,
);

test(
  "says at once that another process has the store, or that there cannot be one",
  async () => {
    const args = newArgs();
    await startHttpGateway(args);
    expect(await runCli(["mcp", ...args])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("another store has it open"),
    });
    const lost = join(workspace.path, "none", "cells.db");
    const { code } = await runCli(["mcp", "--config", config, "--store", lost]);
    expect(code).toBe(1);
  },
  timeoutMs,
);
