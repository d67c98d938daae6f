import { describe, expect, test } from "vitest";
import { isLoopback, readListenAddress } from "../../src/cli/gateway/listen-address.js";

describe("an address to listen at", () => {
  test.each([
    ["http://127.0.0.1:3333", { host: "127.0.0.1", port: 3333, path: "/mcp" }],
    ["http://localhost:0/", { host: "localhost", port: 0, path: "/mcp" }],
    ["http://[::1]:7/tools", { host: "::1", port: 7, path: "/tools" }],
    ["http://0.0.0.0", { host: "0.0.0.0", port: 80, path: "/mcp" }],
    ["http://0.0.0.0:80/a/b", { host: "0.0.0.0", port: 80, path: "/a/b" }],
  ])("%s is one", (value, address) => {
    expect(readListenAddress(value)).toEqual(address);
  });

  test("may be the standard streams", () => {
    expect(readListenAddress("stdio")).toBe("stdio");
  });

  const expected = 'It is "stdio" or an address such as http://127.0.0.1:3333.';
  test.each([
    ["", expected],
    ["STDIO", expected],
    ["3333", expected],
    ["127.0.0.1:3333", expected],
    ["file:///tmp/socket", expected],
    ["http://user@127.0.0.1:3333", expected],
    ["http://127.0.0.1:3333/?token=a", expected],
    ["http://127.0.0.1:3333/#a", expected],
    ["https://127.0.0.1:3333", `${expected} For HTTPS, put a proxy in front.`],
    ["ws://127.0.0.1:3333", `${expected} For HTTPS, put a proxy in front.`],
  ])("%j is none", (value, message) => {
    expect(() => readListenAddress(value)).toThrow(
      expect.objectContaining({ name: "UsageError", message }),
    );
  });
});

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["::1", true],
  ["localhost", true],
  ["127.evil.example", false],
  ["127.0.0.1.evil.example", false],
  ["evil.127.0.0.1", false],
  ["localhost.evil.example", false],
  ["0.0.0.0", false],
  ["::", false],
  ["10.0.0.1", false],
])("%s is an address of this machine alone: %s", (host, expected) => {
  expect(isLoopback({ host, port: 1, path: "/mcp" })).toBe(expected);
});
