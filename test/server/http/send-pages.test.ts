import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { sendPages } from "../../../src/server/http/send-pages.js";

const megabyte = 1024 * 1024;
let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Asks for pages that are sent one after the other. */
async function ask(pages: AsyncIterable<string>): Promise<IncomingMessage> {
  server = createServer((_request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const call = { response, gone: gone.signal };
    void sendPages(call, "text/plain", pages, (page) => page);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const asked = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.on("error", () => {});
  return response;
}

describe("an answer of many pages", () => {
  test("comes whole, in order", async () => {
    async function* pages() {
      for (const page of ["a", "b", "c"]) yield page.repeat(megabyte);
    }
    const whole = await text(await ask(pages()));
    expect(whole === ["a", "b", "c"].map((page) => page.repeat(megabyte)).join("")).toBe(true);
  });

  test("is made as far as its reader takes it, and no further when it leaves", async () => {
    let made = 0;
    let over = (): void => {};
    const isOver = new Promise<void>((resolve) => {
      over = resolve;
    });
    async function* pages() {
      try {
        for (; made < 1000; made += 1) yield "x".repeat(megabyte);
      } finally {
        over();
      }
    }
    const response = await ask(pages());
    response.destroy();
    await isOver;
    expect(made).toBeLessThan(100);
  });
});
