// What HTTP clients send to the gateway.

const request = (params) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
/** @type {readonly import("./inputs.mjs").HttpInput[]} */
export const httpInputs = [
  { name: "a body of millions of empty arrays", body: () => `[${"[],".repeat(5_000_000)}[]]` },
  { name: "a batch of millions of messages", body: () => `[${'{"a":0},'.repeat(1_800_000)}{}]` },
  {
    name: "a batch of requests",
    body: () =>
      `[${'{"jsonrpc":"2.0","id":1,"method":"ping"},'.repeat(350_000)}{"jsonrpc":"2.0","id":2,"method":"ping"}]`,
  },
  {
    name: "a body of one text",
    body: () => request(`{"name":"exec","arguments":{"code":"${"x".repeat(15_000_000)}"}}`),
  },
  {
    name: "arguments of many values",
    body: () => request(`{"name":"exec","arguments":{"a":[${"[],".repeat(5_000_000)}[]]}}`),
  },
  { name: "a body that is too long", body: () => `"${"x".repeat(60_000_000)}"` },
  { name: "a body that is no JSON", body: () => "[".repeat(15_000_000) },
  {
    name: "a long session id",
    body: () => "{}",
    headers: { "mcp-session-id": "x".repeat(15_000) },
  },
  {
    name: "a long token",
    body: () => "{}",
    headers: { authorization: `Bearer ${" ".repeat(7_000)}x${" ".repeat(7_000)}!` },
  },
];
