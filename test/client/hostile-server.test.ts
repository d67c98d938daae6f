import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { connectCodeMode } from "../../src/client.js";
import { CellServer, sendJson, serverToken } from "../support/cell-server.js";

const json = "application/json";
const events = "text/event-stream";
const completed = {
  status: "completed",
  cellId: "c",
  output: [],
  logs: [],
  usage: {},
  warnings: [],
};

/** Answers the first request so, and all others as a server does. */
type Answer = (response: ServerResponse) => void;

function send(status: number, type: string, text: string): Answer {
  return (response) => void response.writeHead(status, { "content-type": type }).end(text);
}

async function execWith(answer: Answer, options: object = {}): Promise<unknown> {
  await using server = await CellServer.start();
  server.onRequest = (_request, response) => {
    if (server.asked.length > 1) return false;
    answer(response);
    return true;
  };
  const remote = connectCodeMode({ url: server.url, token: serverToken, ...options });
  return await remote.openSession({ id: "s" }).exec('text("ok")');
}

test.each<[string, Answer, RegExp]>([
  ["what is not JSON", send(200, json, '{"status":'), /sends what is not JSON/],
  ["a page", send(200, "text/html", "<h1>Welcome</h1>"), /status 200 and text\/html: "<h1>Welcome/],
  ["no outcome", send(200, json, "[1]"), /sends what is no outcome of a cell/],
  ["half an outcome", send(200, json, '{"status":"failed","cellId":"c"}'), /no outcome/],
  [
    "a page not found",
    send(404, "text/html", "x".repeat(1e6)),
    /status 404 and text\/html: "x{200}"/,
  ],
  ["JSON without an error", send(500, json, '{"message":"no"}'), /answers with status 500/],
  ["an event that is not JSON", send(200, events, "event: outcome\ndata: {\n\n"), /not JSON/],
  [
    "an error without a code",
    send(200, events, 'event: error\ndata: {"error":1}\n\n'),
    /error that cannot be read/,
  ],
  ["a missing cell", send(200, json, '{"status":"missing","cellId":"c"}'), /has lost the cell/],
])("%s is told as ERR_SERVER_ANSWER", async (_name, answer, message) => {
  await expect(execWith(answer)).rejects.toMatchObject({
    code: "ERR_SERVER_ANSWER",
    message: expect.stringMatching(message),
  });
});

test("a redirect is not followed: nobody else gets the token", async () => {
  await using other = await CellServer.start();
  for (const status of [301, 302, 307, 308]) {
    const redirect: Answer = (response) =>
      void response.writeHead(status, { location: `${other.url}/v1` }).end();
    await expect(execWith(redirect)).rejects.toMatchObject({
      code: "ERR_SERVER_ANSWER",
      message: expect.stringMatching(/redirect, which is not followed/),
    });
  }
  expect(other.asked).toEqual([]);
});

test.each<[string, Answer]>([
  ["a proxy's page", send(502, "text/html", "<h1>Bad Gateway</h1>")],
  [
    "a server that ends",
    (response) => sendJson(response, 503, { error: { code: "ERR_DRAINING", message: "x" } }),
  ],
  [
    "an event of a server that ends",
    send(200, events, 'event: error\ndata: {"error":{"code":"ERR_DRAINING","message":"x"}}\n\n'),
  ],
  ["an answer without an end", send(200, events, "event: cell\ndata: {}\n\n: ping\n\n")],
  [
    "half an answer",
    (response) => {
      response.writeHead(200, { "content-type": json, "content-length": "1000" }).write("{");
      setImmediate(() => response.destroy());
    },
  ],
])("after %s the request is sent again", async (_name, answer) => {
  expect(await execWith(answer)).toMatchObject({ status: "completed" });
});

test("a server that says nothing is given up after silenceMs, and asked again", async () => {
  expect(await execWith(() => {}, { silenceMs: 1000 })).toMatchObject({ status: "completed" });
});

test("a server that says nothing for ever is told as ERR_SERVER_UNREACHABLE", async () => {
  await expect(execWith(() => {}, { silenceMs: 50, retryForMs: 0 })).rejects.toMatchObject({
    code: "ERR_SERVER_UNREACHABLE",
    message: expect.stringMatching(
      /^The server at \S+ did not answer: nothing has come for 50 ms\. Check that it runs, and that its url is right\.$/,
    ),
  });
});

test.each<[string, string, string]>([
  ["an answer", json, " "],
  ["a line of an event", events, "x"],
  ["a comment between events", events, ":"],
])("%s without an end is told as ERR_SERVER_ANSWER", async (_name, type, text) => {
  const flood: Answer = (response) => {
    response.writeHead(200, { "content-type": type });
    const more = (): void => {
      while (!response.destroyed && response.write(text.repeat(50_000)));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  };
  await expect(execWith(flood, { maxAnswerBytes: 1 << 20 })).rejects.toMatchObject({
    code: "ERR_SERVER_ANSWER",
    message: expect.stringContaining("1048576"),
  });
});

test("events that are no events, and handlers that fail, are no end of the exec", async () => {
  await using server = await CellServer.start();
  const odd = [
    "null",
    "[]",
    "5",
    '{"type":1,"cellId":"c"}',
    '{"type":"a","cellId":1}',
    '{"type":"newKind","cellId":"c"}',
  ];
  const outcome = `event: outcome\ndata: ${JSON.stringify(completed)}\n\n`;
  server.onRequest = (_request, response) => {
    const text = odd.map((data) => `event: cell\ndata: ${data}\n\n`).join("");
    send(200, events, `event: other\ndata: x\n\n${text}${outcome}`)(response);
    return true;
  };
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", note);
  const seen: string[] = [];
  const session = connectCodeMode({ url: server.url, token: serverToken }).openSession();
  const onEvent = ({ type }: { type: string }): void => {
    seen.push(type);
    throw new Error("my handler");
  };
  expect(await session.exec("1", { onEvent })).toEqual(completed);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(seen).toEqual(["newKind"]);
  expect(warnings).toEqual(["The onEvent handler failed: my handler"]);
});

test("what cannot be connected to is refused at once, without the token in the message", () => {
  const connect = (options: object): unknown =>
    connectCodeMode({ url: "http://h", token: "t", ...options });
  for (const url of ["", "h", "ftp://h", "http://h/?a=1", "http://h/#a", 5]) {
    expect(() => connect({ url })).toThrow(/^The option "url" must be an http or https URL/);
  }
  expect(() => connect({ url: "http://me:secret@h" })).toThrow(/^(?!.*secret).*no user/);
  expect(() => connect({ token: 5 })).toThrow(/^The option "token" must be/);
  expect(() => connect({ tokn: "t" })).toThrow(/There is no option "tokn"/);
});

test("a token that is no header is refused, without showing it", async () => {
  const session = connectCodeMode({ url: "http://127.0.0.1:1", token: "a\r\nb: c" }).openSession();
  await expect(session.exec("1")).rejects.toThrow(/^The option "token" must be (?!.*b: c)/);
});
