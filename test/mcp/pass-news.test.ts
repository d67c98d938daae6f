import { afterAll, describe, expect, test } from "vitest";
import { Workspace } from "../support/cli.js";
import { type Era, eras, gatewayTransport } from "../support/gateway.js";
import { peerServer, registryServer } from "../support/mcp.js";
import {
  callDirectly,
  callThrough,
  directTransport,
  openSide,
  type Side,
} from "../support/sides.js";

// What servers tell by themselves, and what clients tell them, through `codecell mcp`.

const workspace = new Workspace();
const everything = registryServer("everything");
const sides: Side[] = [];

afterAll(async () => {
  await Promise.all(sides.map(({ client }) => client.close()));
  workspace[Symbol.dispose]();
});

async function openThrough(era: Era, name: "everything" | "one"): Promise<Side> {
  const server = name === "one" ? peerServer(name) : everything;
  const config = workspace.file(`${name}.json`, JSON.stringify({ mcpServers: { [name]: server } }));
  const side = await openSide(era, gatewayTransport(["--config", config]), (client) =>
    callThrough(client, name),
  );
  sides.push(side);
  return side;
}

describe.each(eras)("a %s client", (era) => {
  test("hears of changed lists as it does directly", async () => {
    const direct = await openSide("legacy", directTransport(peerServer("one")), callDirectly);
    sides.push(direct);
    for (const side of [direct, await openThrough(era, "one")]) {
      const lists = ["tools", "prompts", "resources"];
      const heard = lists.map((list) => side.heard.seen(`${list}/list_changed`));
      await side.call("change", {});
      await Promise.all(heard);
    }
  });

  test("gets log messages of its call, where it asks for them", async () => {
    const side = await openThrough(era, "one");
    if (era === "legacy") await side.client.setLoggingLevel("info");
    const _meta = era === "legacy" ? {} : { "io.modelcontextprotocol/logLevel": "info" };
    const call = { name: "exec", arguments: { code: "await tools.mcp__one__log({})" }, _meta };
    await side.client.callTool(call);
    await side.heard.seen("one/tool: about the call");
  });
});

test("a client that tells of other roots is asked for them again", async () => {
  const side = await openThrough("legacy", "everything");
  await side.client.setLoggingLevel("debug");
  const answers = (): number =>
    side.heard.lines.filter((line) => line.includes("Roots updated: 1 root(s)")).length;
  // The server asks when it has a client, and again when that tells of others.
  while (answers() < 1) await side.heard.next();
  await side.client.sendRootsListChanged();
  while (answers() < 2) await side.heard.next();
  const request = { method: "roots/list", params: {} };
  expect(side.asked).toEqual([request, request]);
});

test("a client with a session is told of log messages and updated resources as if it were alone", async () => {
  const uri = "demo://resource/dynamic/text/1";
  const side = await openThrough("legacy", "everything");
  await side.client.setLoggingLevel("debug");
  await side.client.subscribeResource({ uri });
  await side.heard.seen(`everything: Received Subscribe Resource request for URI: ${uri}`);
  await side.call("toggle-subscriber-updates", {});
  await side.heard.seen(`resources/updated ${uri}`);
  await side.call("toggle-simulated-logging", {});
  await side.heard.seen("-level message");
  await side.client.unsubscribeResource({ uri });
  await side.heard.seen("Received Unsubscribe Resource request");
});

test("a client of 2026-07-28 is told of the resources that it listens to", async () => {
  const uri = "demo://resource/dynamic/text/2";
  const side = await openThrough("modern", "everything");
  await side.client.listen({ resourceSubscriptions: [uri] });
  await side.call("toggle-subscriber-updates", {});
  await side.heard.seen(`resources/updated ${uri}`);
});
