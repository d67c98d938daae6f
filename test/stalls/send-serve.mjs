// Sends what clients, issuers of tokens and webhooks say to a `codecell serve`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { post, StallHost } from "./host.mjs";
import { inputNamed } from "./inputs.mjs";
import { jwks, tokenOf } from "./tokens.mjs";

const tls = path.join(import.meta.dirname, "../fixtures/tls");
const certificate = path.join(tls, "localhost-cert.pem");

/** @param {string} name @returns {Promise<import("./send.mjs").Measured>} */
export async function throughServe(name) {
  const input = /** @type {import("./inputs.mjs").ServeInput} */ (inputNamed("serve", name));
  const folder = mkdtempSync(path.join(tmpdir(), "codecell-stalls-"));
  const hook = input.webhook === undefined ? undefined : await startHook(input.webhook());
  const keys = path.join(folder, "keys.json");
  writeFileSync(keys, JSON.stringify(jwks));
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const config = path.join(folder, "serve.json");
  writeFileSync(
    config,
    JSON.stringify({
      ...(hook && { webhooks: [{ name: "hook", url: hook.url, secret }] }),
      ...(input.token && { jwt: { jwks: keys, issuer: "i", audience: "a" } }),
    }),
  );
  const at = ["--store", path.join(folder, "cells.db"), "--listen", "127.0.0.1:0"];
  const args = ["serve", ...at, "--isolation", "thread", "--config", config];
  const host = new StallHost(args, { ...process.env, NODE_EXTRA_CA_CERTS: certificate });
  try {
    const url = await host.url();
    const { method, target = "/v1/sessions/s/cells", headers = {}, body = () => exec } = input;
    const own = input.token && { authorization: `Bearer ${tokenOf({})}` };
    // What is compiled and loaded at first does not count.
    await post(`${url}/v1/sessions/s/cells`, exec, { ...own });
    await post(`${url}/v1/sessions/s/cells`, typescript, { ...own });
    const text = body();
    const sent = { ...headers, ...(input.token && { authorization: `Bearer ${input.token()}` }) };
    await host.begin();
    for (let i = 0; i < 2; i++) await post(url + target, text, sent, method);
    return await host.end();
  } finally {
    host.kill();
    hook?.server.close();
    hook?.server.closeAllConnections();
    rmSync(folder, { recursive: true });
  }
}

const exec = JSON.stringify({ source: "text(1)" });
const typescript = JSON.stringify({ source: "text(1 as number)", language: "typescript" });

/** An HTTPS endpoint that answers so. @param {{ status?: number, body: string }} answer */
async function startHook({ status = 200, body }) {
  const server = createServer(
    { cert: readFileSync(certificate), key: readFileSync(path.join(tls, "localhost-key.pem")) },
    (incoming, response) => {
      incoming.resume();
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    },
  );
  await /** @type {Promise<void>} */ (
    new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  );
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, url: `https://localhost:${port}/hook` };
}
