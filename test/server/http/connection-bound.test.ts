import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { connectionBound } from "../../../src/server/http/connection-bound.js";
import { Served } from "../../support/served.js";

test("strangers may hold half of the files that the process may have open", () => {
  const limits = (soft: string): string =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}      1048576   files\n`;
  expect(connectionBound(limits("1024"))).toBe(512);
  expect(connectionBound(limits("1"))).toBe(1);
  expect(connectionBound(limits("unlimited"))).toBeUndefined();
  expect(connectionBound("")).toBeUndefined();
});

test("connections over the bound are closed, which is told once, and those that there are go on", async () => {
  await using served = await Served.start({ maxConnections: 3 });
  const port = Number(new URL(served.url).port);
  const opened = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  };
  const asked = (socket: Socket): Promise<"answered" | "closed"> =>
    new Promise((resolve) => {
      socket.once("data", () => resolve("answered"));
      socket.once("close", () => resolve("closed"));
      socket.write("GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    });
  const first = await opened();
  expect(await asked(first)).toBe("answered");
  const ends: string[] = [];
  for (let i = 0; i < 8; i += 1) ends.push(await asked(await opened()));
  expect(ends.filter((end) => end === "closed").length).toBeGreaterThanOrEqual(6);
  expect(served.problems).toEqual([expect.stringMatching(/^Connections are refused, because 3/)]);
  expect(await asked(first)).toBe("answered");
}, 40_000);
