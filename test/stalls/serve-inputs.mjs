// What clients of `codecell serve`, issuers of its tokens and its webhooks say. Bodies have 8 MiB, answers of webhooks
// 4 MiB, and the head of a request 16 KiB.
import { tokenOf } from "./tokens.mjs";

const mebi = 2 ** 20;
const callHook =
  "try { text(await tools.hook({})) } catch (e) { text(String(e.message).slice(0, 300)) }";

/** @param {string} source @param {object} [more] */
const exec = (source, more = {}) => JSON.stringify({ source, ...more });

/** A call of the webhook. @param {string} name @param {() => { status?: number, body: string }} webhook */
const hooked = (name, webhook) => ({
  name,
  webhook,
  body: () => exec(callHook, { yieldAfterMs: 20_000 }),
});

/** @type {readonly import("./inputs.mjs").ServeInput[]} */
export const serveInputs = [
  { name: "a body of open brackets", body: () => "[".repeat(8 * mebi) },
  { name: "a body of nested objects", body: () => `${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}` },
  {
    name: "a body of nested arrays that is valid",
    body: () => `{"source":"1","limits":${"[".repeat(19_000)}${"]".repeat(19_000)}}`,
  },
  { name: "a body of empty arrays", body: () => `[${"[],".repeat(2.6 * mebi)}[]]` },
  {
    name: "a body of small fields",
    body: () => `{${Array.from({ length: 9_900 }, (_, i) => `"k${i}":0`)}}`,
  },
  {
    name: "a body of one long key",
    body: () => `{"${"k".repeat(8 * mebi - 100)}":0}`,
  },
  { name: "a body of escapes", body: () => `{"source":"${"\\u65e5".repeat(1.3 * mebi)}"}` },
  { name: "a body of blanks", body: () => `${" ".repeat(8 * mebi - 20)}{"source":"1"}` },
  {
    name: "a body that ends too early",
    body: () => `{"source":"${"x".repeat(7 * mebi)}`,
  },
  { name: "a body that is too long", body: () => `"${"x".repeat(60_000_000)}"` },
  { name: "a program of one long line", body: () => exec(`//${"x".repeat(7 * mebi)}`) },
  { name: "a program of line ends", body: () => exec(`${"\n".repeat(3.9 * mebi)}(`) },
  {
    name: "limits that there are not",
    body: () =>
      exec("1", {
        limits: Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`limit${i}`, i])),
      }),
  },
  { name: "a long requestId", body: () => exec("1", { requestId: "\u65e5".repeat(2.6 * mebi) }) },
  {
    name: "a program in TypeScript of many types",
    body: () =>
      exec("let a: number = 1;".repeat(400_000).slice(0, 7 * mebi), { language: "typescript" }),
  },
  {
    name: "a program in TypeScript of open brackets",
    body: () => exec("(".repeat(4 * mebi), { language: "typescript" }),
  },
  {
    name: "a program in TypeScript of open types",
    body: () => exec(`let a: ${"Array<".repeat(1.2 * mebi)}`, { language: "typescript" }),
  },
  {
    name: "a program in TypeScript of one long line",
    body: () =>
      exec(`const a: string = "${"\u65e5".repeat(2 * mebi)}"; text(1 as`, {
        language: "typescript",
      }),
  },
  {
    name: "a long cursor",
    method: "GET",
    target: `/v1/sessions?after=${"A".repeat(1024)}&limit=9999`,
  },
  { name: "a long query", method: "GET", target: `/v1/cells?${"limit=1&".repeat(1_800)}` },
  {
    name: "a query of escapes",
    method: "GET",
    target: `/v1/cells?state=${"%F0%9F%98%80".repeat(1_200)}`,
  },
  { name: "a long path", method: "GET", target: `/v1${"/%2e%2e".repeat(2_000)}` },
  {
    name: "a decision with a large input",
    target: "/v1/approvals/none",
    body: () => `{"verdict":"approve","input":[${"[],".repeat(9_900)}"${"x".repeat(7 * mebi)}"]}`,
  },
  { name: "a long request id of the client", headers: { "x-request-id": "a".repeat(15_000) } },
  {
    name: "a list of types that are taken",
    headers: { accept: "text/event-stream, ".repeat(700) },
  },
  {
    name: "a type of content of blanks",
    headers: { "content-type": `application/json${" ".repeat(15_000)}x` },
  },
  { name: "a token of dots", token: () => ".".repeat(15_000) },
  {
    name: "a token of nested arrays",
    token: () => tokenOf({ scope: JSON.parse("[".repeat(3_000) + "]".repeat(3_000)) }),
  },
  { name: "a token of many scopes", token: () => tokenOf({ scope: "run ".repeat(2_500) }) },
  { name: "a token of a long tenant", token: () => tokenOf({ tenant: "a".repeat(10_000) }) },
  {
    name: "a token of a header with many fields",
    token: () => tokenOf({}, { crit: new Array(1_500).fill("b64") }),
  },
  hooked("a webhook that answers with empty arrays", () => ({
    body: `[${"[],".repeat(1.3 * mebi)}[]]`,
  })),
  hooked("a webhook that answers with objects", () => ({
    body: `[${'{"a":0},'.repeat(500_000)}{}]`,
  })),
  hooked("a webhook that answers with open brackets", () => ({ body: "[".repeat(4 * mebi) })),
  hooked("a webhook that answers with nested arrays", () => ({
    body: "[".repeat(2 * mebi) + "]".repeat(2 * mebi),
  })),
  hooked("a webhook that answers with one text", () => ({
    body: `"${"\\n".repeat(2 * mebi - 10)}"`,
  })),
  hooked("a webhook that refuses with nested errors", () => ({
    status: 400,
    body: `${'{"error":'.repeat(230_000)}"no"${"}".repeat(230_000)}`,
  })),
  hooked("a webhook that refuses with many values", () => ({
    status: 400,
    body: `{"error":[${"[],".repeat(1.3 * mebi)}[]]}`,
  })),
];
