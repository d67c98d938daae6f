// The other side of tools by webhooks, as an operator writes it: it does once what one key asks, and keeps the books.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { count } from "./report.mjs";

/**
 * @typedef {object} Entry - What one key has asked.
 * @property {string} tool
 * @property {any} input
 * @property {string} cellId
 * @property {number} receipt
 * @property {number} posts - How often it was asked.
 */

const secret = `whsec_${Buffer.from("what codecell and this receiver know").toString("base64")}`;
const inputSchema = {
  type: "object",
  properties: { order: { type: "string" }, amount: { type: "number" } },
  required: ["order"],
};

export class WebhookReceiver {
  /** By the idempotency key. @type {Map<string, Entry>} */
  entries = new Map();
  /** What is wrong with the requests. @type {string[]} */
  faults = [];
  #server = createServer((request, response) => {
    this.#answer(request, response).catch((thrown) => {
      this.faults.push(String(thrown));
      response.destroy();
    });
  });
  #random;

  /** @param {import("./random.mjs").Random} random */
  constructor(random) {
    this.#random = random;
  }

  /** The webhooks of a config. */
  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    const common = { inputSchema, secret };
    return [
      { name: "pay", effect: "write", onLost: "retry" },
      // Its answers get lost at times.
      { name: "put", effect: "idempotent" },
      { name: "refund", effect: "write", onLost: "retry", approval: "ask" },
    ].map((tool) => ({ ...tool, ...common, url: `http://127.0.0.1:${port}/${tool.name}` }));
  }

  /** What was asked for an order, by whatever key. */
  ofOrder(/** @type {string} */ order) {
    return [...this.entries.values()].filter(({ input }) => input.order === order);
  }

  /** By the order, with one walk over all. */
  byOrder() {
    /** @type {Map<string, Entry[]>} */
    const orders = new Map();
    for (const entry of this.entries.values()) {
      const { order } = entry.input;
      orders.set(order, [...(orders.get(order) ?? []), entry]);
    }
    return orders;
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async #answer(request, response) {
    /** @type {Buffer[]} */
    const parts = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      // Its server was killed: it was never asked.
      return;
    }
    const body = Buffer.concat(parts).toString();
    const headers = /** @type {Record<string, string>} */ (request.headers);
    const { data } = /** @type {any} */ (new Webhook(secret).verify(body, headers));
    const key = headers["idempotency-key"] ?? "";
    const { tool, input, cellId, callId } = data;
    // So that who has asked may be gone before, between and after.
    await pause(this.#random.below(60));
    const isFirst = !this.entries.has(key);
    const entry = this.entries.get(key) ?? {
      tool,
      input,
      cellId,
      receipt: this.entries.size + 1,
      posts: 0,
    };
    this.entries.set(key, entry);
    entry.posts += 1;
    if (!isFirst) count("webhook calls with a key once more");
    const isSame =
      key === headers["webhook-id"] &&
      request.url === `/${tool}` &&
      entry.tool === tool &&
      entry.cellId === cellId &&
      key.startsWith(`${cellId}/`) &&
      key.replace("/", "-") === callId &&
      JSON.stringify(entry.input) === JSON.stringify(input);
    if (!isSame)
      this.faults.push(`the key ${key} came with ${body}, before with ${JSON.stringify(entry)}`);
    await pause(this.#random.below(120));
    if (tool === "put" && isFirst && this.#random.below(3) === 0) {
      count("webhook answers that were lost");
      if (this.#random.below(2) === 0) response.destroy();
      else response.writeHead(503).end();
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ receipt: entry.receipt, amount: input.amount ?? null }));
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
