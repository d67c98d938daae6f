import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { FirstAnswers } from "../../src/cli/gateway/first/first-answers.js";
import { clientHash, type KnownAnswers } from "../../src/cli/gateway/first/known-answers.js";

const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "c" } };
const known: KnownAnswers = {
  initialize: { [clientHash(params)]: { protocolVersion: "2025-06-18" } },
  tools: { tools: [{ name: "exec" }] },
};

function line(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}

const initialize = line({ jsonrpc: "2.0", id: 1, method: "initialize", params });
const initialized = line({ jsonrpc: "2.0", method: "notifications/initialized" });
const list = line({ jsonrpc: "2.0", id: 2, method: "tools/list" });
const answers = [
  { id: 1, jsonrpc: "2.0", result: known.initialize[clientHash(params)] },
  { id: 2, jsonrpc: "2.0", result: known.tools },
];

/** A client's two streams, and what answers it. */
function begin() {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const first = new FirstAnswers(known, stdin, stdout);
  /** What has been answered, and what the real server gets of all that was sent. */
  const rest = async () => {
    const told = first.handOver();
    const left = await text(first.input);
    stdout.end();
    const written = await text(stdout);
    const lines = written.split("\n").slice(0, -1);
    return { told, left, answered: lines.map((one) => JSON.parse(one) as unknown) };
  };
  return { stdin, stdout, first, rest };
}

/** What becomes of input that is there at once. */
function given(...chunks: readonly (string | Buffer)[]) {
  const { stdin, rest, first } = begin();
  for (const chunk of chunks) stdin.write(chunk);
  stdin.end();
  return first.idle.then(rest);
}

test("a client that is known is told both answers, and the rest is for the real server", async () => {
  const call = line({ jsonrpc: "2.0", id: 3, method: "tools/call" });
  const { told, left, answered } = await given(initialize, initialized, list, call);
  expect(answered).toEqual(answers);
  expect(told).toEqual({ params, tools: known.tools });
  expect(left).toBe(initialized + call);
});

test("chunks may end anywhere", async () => {
  const bytes = Buffer.from(initialize + initialized + list + initialized);
  const { left, answered } = await given(...Array.from(bytes, (byte) => Buffer.from([byte])));
  expect(answered).toEqual(answers);
  expect(left).toBe(initialized + initialized);
});

test("the other half of a line that was begun follows it", async () => {
  const { stdin, rest, first } = begin();
  stdin.write(initialize + initialized.slice(0, 9));
  await first.idle;
  const ended = rest();
  stdin.end(initialized.slice(9) + list);
  const { left, answered } = await ended;
  expect(answered).toEqual(answers.slice(0, 1));
  expect(left).toBe(initialized + list);
});

test.each([
  ["that sends something else first", initialized + initialize],
  ["that asks for tools first", list + initialize],
  ["that is another", line({ jsonrpc: "2.0", id: 1, method: "initialize", params: { a: 1 } })],
  ["without parameters", line({ jsonrpc: "2.0", id: 1, method: "initialize" })],
  ["whose id is none", line({ jsonrpc: "2.0", id: null, method: "initialize", params })],
  ["whose id is broken", line({ jsonrpc: "2.0", id: 1.5, method: "initialize", params })],
  ["of another protocol", line({ jsonrpc: "1.0", id: 1, method: "initialize", params })],
  ["with more in its request", line({ jsonrpc: "2.0", id: 1, method: "initialize", params, a: 1 })],
  ["that sends a list", line([JSON.parse(initialize)])],
  ["that sends null", "null\n"],
  ["that sends a number", "5\n"],
  ["that asks for something else", line({ jsonrpc: "2.0", id: 1, method: "tools/call", params })],
  ["that sends no JSON", "hello\n"],
  ["that sends an empty line", "\n"],
  ["that sends half a line", initialize.slice(0, -1)],
  ["that sends a line without end", "x".repeat(1_000_000)],
  ["that sends a long line", line("x".repeat(1_000_000)) + initialize],
  ["that sends bytes that are no text", Buffer.from([0xff, 0xfe, 10, 0xc3])],
  ["that sends nothing", ""],
])("a client %s is told nothing, and the real server gets all of it", async (_, sent) => {
  const { told, left, answered } = await given(sent);
  expect(answered).toEqual([]);
  expect(told).toBeUndefined();
  expect(left).toBe(sent.toString());
});

test.each([
  ["a page", { cursor: "2" }],
  ["a page that is none", { cursor: null }],
  ["a list", []],
  ["nothing", null],
  ["its protocol", { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } }],
  ["a token that is none", { _meta: { progressToken: {} } }],
])("a list that is asked for with %s is left to the real server", async (_, asked) => {
  const odd = line({ jsonrpc: "2.0", id: 2, method: "tools/list", params: asked });
  const { answered, left } = await given(initialize, odd);
  expect(answered).toEqual(answers.slice(0, 1));
  expect(left).toBe(odd);
});

test.each([{}, { _meta: {} }, { _meta: { progressToken: 7 } }])(
  "a list that is asked for with %j is known",
  async (asked) => {
    const usual = line({ jsonrpc: "2.0", id: 2, method: "tools/list", params: asked });
    expect((await given(initialize, usual)).answered).toEqual(answers);
  },
);

test("each is answered once", async () => {
  const { answered, left } = await given(initialize, initialize, list, list);
  expect(answered).toEqual(answers);
  expect(left).toBe(initialize + list);
});

test("much input waits for the real server, and is not taken in before", async () => {
  const { stdin, first, rest } = begin();
  const call = line({ jsonrpc: "2.0", id: 3, method: "tools/call", params: "x".repeat(1000) });
  stdin.write(initialize + list);
  await first.idle;
  let sent = 0;
  while (stdin.write(call)) sent += 1;
  for (let i = 0; i < 1000; i++, sent++) stdin.write(call);
  await new Promise(setImmediate);
  expect(first.input.readableLength).toBeLessThan(200_000);
  stdin.end();
  const { left } = await rest();
  expect(left).toBe(call.repeat(sent + 1));
});

test("input that breaks off ends the real server's", async () => {
  const { stdin, first, rest } = begin();
  const answered = rest();
  stdin.destroy(new Error("no terminal any more"));
  expect((await answered).left).toBe("");
  expect(first.input.readableEnded).toBe(true);
});

test("input that broke off before is none for the real server", async () => {
  const { stdin, first, rest } = begin();
  stdin.destroy();
  await first.idle;
  expect((await rest()).left).toBe("");
});
