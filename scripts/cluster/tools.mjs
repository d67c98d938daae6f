// The tools of the servers: an MCP server that keeps a ledger, and webhooks.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../lib/command.mjs";
import { WebhookReceiver } from "./webhook-receiver.mjs";

/**
 * Writes a config of `codecell serve`, and starts what answers it.
 *
 * @param {string} folder
 * @param {import("./random.mjs").Random} random
 */
export async function startTools(folder, random) {
  const ledger = path.join(folder, "ledger");
  const config = path.join(folder, "serve.json");
  writeFileSync(ledger, "");
  const receiver = new WebhookReceiver(random);
  const webhooks = await receiver.start();
  const args = [path.join(root, "test/fixtures/ledger-server.mjs"), ledger];
  const mcpServers = { ledger: { command: process.execPath, args } };
  writeFileSync(config, JSON.stringify({ mcpServers, webhooks }));
  return { config, ledger, receiver };
}
