import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, expect, test } from "vitest";
import { connectCodeMode } from "../../src/client.js";
import { startCli, Workspace } from "../support/cli.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

test("a cell of codecell serve calls a webhook of its config, which verifies who calls", async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const endpoint = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    const event = new Webhook(secret).verify(body, request.headers as Record<string, string>);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(event));
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const { port } = endpoint.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/refund`;
  const config = join(workspace.path, "serve.json");
  writeFileSync(config, JSON.stringify({ webhooks: [{ name: "refund", url, secret }] }));
  const store = join(workspace.path, "cells.db");
  const at = ["--listen", "127.0.0.1:0", "--isolation", "thread"];
  const cli = startCli(["serve", ...at, "--store", store, "--config", config]);
  await cli.watch.seen("try: curl");
  const line = cli.watch.lines.find((text) => text.startsWith("serving ")) ?? "";
  const codeMode = connectCodeMode({ url: line.replace("serving ", ""), token: "none" });
  const session = codeMode.openSession({ id: "s" });
  const outcome = await session.exec('text(JSON.stringify((await tools.refund("A-1")).data))', {
    yieldAfterMs: 60_000,
  });
  expect(outcome).toMatchObject({ status: "completed" });
  const [item] = outcome.output;
  expect(JSON.parse(item?.type === "text" ? item.text : "")).toMatchObject({
    tool: "refund",
    input: "A-1",
    tenant: "default",
    session: "s",
    cellId: outcome.cellId,
  });
  cli.child.kill("SIGTERM");
  expect(await cli.ended).toMatchObject({ code: 0 });
  endpoint.close();
}, 180_000);
