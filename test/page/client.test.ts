import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Chromium } from "../support/chromium.js";
import { root } from "../support/mcp.js";
import { Served, twoTenants } from "../support/served.js";

/** Serves a page with codecell/client, which runs a cell at a server and says in its title what came of it. */
async function servePage(url: string) {
  const page = `<!doctype html><script type="module">
    import { connectCodeMode } from "/client.js";
    const codeMode = connectCodeMode({ url: ${JSON.stringify(url)}, token: "a", retryForMs: 0 });
    const events = [];
    try {
      const onEvent = ({ type }) => events.push(type);
      const { output } = await codeMode.openSession({ id: "page" }).exec("text(6 * 7)", { onEvent });
      document.title = output[0].text + " " + events.at(-1);
    } catch (error) {
      document.title = error.code;
    }
  </script>`;
  const client = readFileSync(join(root, "dist/client.js"));
  const server = createServer(({ url: path }, response) => {
    const isClient = path === "/client.js";
    response.setHeader("content-type", isClient ? "text/javascript" : "text/html");
    response.end(isClient ? client : page);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://localhost:${port}/` };
}

test.each([
  ["reads the answers", ["localhost"], "42 ended"],
  ["reads nothing", [], "ERR_SERVER_UNREACHABLE"],
])(
  "a page of another origin %s of a server that allows the hosts %j",
  async (_what, hosts, said) => {
    await using served = await Served.start({ keys: twoTenants, allowedOrigins: hosts });
    await using browser = await Chromium.start();
    const { server, url } = await servePage(served.url);
    await browser.open(url);
    await browser.until("document.title !== ''");
    expect(await browser.read("document.title")).toBe(said);
    server.closeAllConnections();
    server.close();
  },
);
