import { createServer as createHttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { createCodeMode, type NamedTool } from "../../../src/index.js";
import { webhookTools } from "../../../src/server/webhooks/webhook-tools.js";
import { completedOf } from "../../support/cells.js";
import { DurableRuntimes } from "../../support/durable-runtimes.js";
import { type Answer, answer, Endpoint, secret } from "../../support/webhook-endpoint.js";

const otherSecret = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;

/** As configs write one. */
function variable(name: string): string {
  return `$\{${name}}`;
}

/** What a cell gets of one call. */
async function called(tool: NamedTool): Promise<unknown> {
  await using codeMode = createCodeMode({ tools: [tool] });
  const outcome = await codeMode.openSession({ id: "acme/s-1" }).exec(
    `try { text(JSON.stringify(await tools.refund({ order: "A-1" }))); }
     catch (error) { text(error.name + ": " + error.message); }`,
  );
  const [item] = completedOf(outcome).output;
  return item?.type === "text" ? item.text : item;
}

test("a call is a request that the library of Standard Webhooks verifies, with the tenant and the input", async () => {
  await using endpoint = await Endpoint.start(answer(200, "application/json", '{"ok":true}'));
  expect(await called(endpoint.tool({ secret: [otherSecret, secret] }))).toBe('{"ok":true}');
  const [{ headers, body } = { headers: {}, body: "" }] = endpoint.asked;
  for (const each of [secret, otherSecret]) {
    const event = new Webhook(each).verify(body, headers as Record<string, string>);
    expect(event).toMatchObject({
      type: "tool.call",
      data: { tool: "refund", input: { order: "A-1" }, tenant: "acme", session: "s-1" },
    });
  }
  const changed = body.replace("A-1", "A-2");
  expect(() => new Webhook(secret).verify(changed, headers as Record<string, string>)).toThrow();
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "idempotency-key": headers["webhook-id"],
    "accept-encoding": "identity",
  });
});

test("the id of a request is the idempotency key of the call", async () => {
  await using endpoint = await Endpoint.start(answer(200, "application/json", "1"));
  await using runtimes = new DurableRuntimes();
  const keys: unknown[] = [];
  const tool = endpoint.tool();
  const noting: NamedTool = {
    ...tool,
    execute: (input, context) => {
      keys.push(context.idempotencyKey);
      return tool.execute(input, context);
    },
  };
  const codeMode = await runtimes.next({ tools: [noting] });
  completedOf(await codeMode.openSession({ id: "t/s" }).exec("await tools.refund(1)"));
  expect(keys).toEqual([expect.any(String)]);
  expect(endpoint.asked.map(({ headers }) => headers["webhook-id"])).toEqual(keys);
});

const json = "application/json";
test.each<[string, Answer, string]>([
  ["nothing", (response) => void response.writeHead(204).end(), "null"],
  ["null", answer(200, json, "null"), "null"],
  [
    "problem+json",
    answer(422, "application/problem+json", '{"detail":"No such order."}'),
    "ToolError: No such order.",
  ],
  [
    "a refusal with a message",
    answer(400, json, '{"message":"Too late."}'),
    "ToolError: Too late.",
  ],
  [
    "a refusal with an error",
    answer(409, json, '{"error":{"message":"Done."}}'),
    "ToolError: Done.",
  ],
  [
    "a refusal in plain text",
    answer(404, "text/plain; charset=utf-8", "None.\n"),
    "ToolError: None.",
  ],
  [
    "a refusal as a page",
    answer(403, "text/html", "<b>no</b>"),
    "ToolError: The webhook of refund answered with status 403.",
  ],
  [
    "an error",
    answer(500, json, '{"message":"at db-7"}'),
    "ToolError: The webhook of refund answered with status 500.",
  ],
  [
    "a page",
    answer(200, "text/html", "<b>hi</b>"),
    'ToolError: The webhook of refund answered with "text/html", not JSON.',
  ],
  [
    "half of JSON",
    answer(200, json, '{"a":'),
    "ToolError: The webhook of refund answered with what is not JSON.",
  ],
  [
    "too much",
    answer(200, json, `"${"x".repeat(2000)}"`),
    "ToolError: The webhook of refund failed: it answers with more than 1000 bytes.",
  ],
])("an answer with %s is told to the cell", async (_name, given, told) => {
  await using endpoint = await Endpoint.start(given);
  expect(await called(endpoint.tool({ maxResultBytes: 1000 }))).toBe(told);
  expect(endpoint.asked).toHaveLength(1);
});

test.each([
  ["wide", `[${"1,".repeat(200_000)}1]`],
  ["deep", "[".repeat(500_000) + "]".repeat(500_000)],
])("an answer of too many values, %s, is not parsed", async (_name, text) => {
  await using endpoint = await Endpoint.start(answer(200, json, text));
  expect(await called(endpoint.tool())).toBe(
    "ToolError: The webhook of refund failed: it answers with more than 120000 values, keys included.",
  );
});

test("what is no JSON has no values to count", async () => {
  await using endpoint = await Endpoint.start(answer(404, "text/html", ",".repeat(200_000)));
  expect(await called(endpoint.tool())).toBe(
    "ToolError: The webhook of refund answered with status 404.",
  );
});

test("a redirect is not followed", async () => {
  await using other = await Endpoint.start(answer(200, json, "1"));
  for (const status of [301, 307]) {
    await using endpoint = await Endpoint.start((response) => {
      response.writeHead(status, { location: other.url }).end();
    });
    expect(await called(endpoint.tool({ effect: "read" }))).toBe(
      `ToolError: The webhook of refund answered with a redirect (${status}), which is not followed.`,
    );
  }
  expect(other.asked).toEqual([]);
});

test("a call that may have an effect is made once; one that may be repeated is, with the same id", async () => {
  const failing: Answer = (response) => response.destroy();
  await using endpoint = await Endpoint.start(failing);
  const told = "ToolError: The webhook of refund cannot be reached (ECONNRESET).";
  expect(await called(endpoint.tool())).toBe(told);
  expect(endpoint.asked).toHaveLength(1);
  expect(await called(endpoint.tool({ effect: "idempotent" }))).toBe(told);
  const ids = endpoint.asked.slice(1).map(({ headers }) => headers["webhook-id"]);
  expect(ids).toEqual([ids[0], ids[0], ids[0]]);
  let answers = 0;
  await using later = await Endpoint.start((response) => {
    answers += 1;
    answer(answers === 1 ? 503 : 200, json, '"at last"')(response, { headers: {}, body: "" });
  });
  expect(await called(later.tool({ effect: "read" }))).toBe('"at last"');
});

test("an answer that does not come is given up after timeoutMs, and when the cell ends", async () => {
  const asked = new Set<ServerResponse>();
  let onAsked = (): void => {};
  await using endpoint = await Endpoint.start((response) => {
    asked.add(response);
    onAsked();
  });
  expect(await called(endpoint.tool({ timeoutMs: 300 }))).toBe(
    "ToolError: The webhook of refund did not answer within 300 ms.",
  );
  await using codeMode = createCodeMode({ tools: [endpoint.tool()] });
  const session = codeMode.openSession();
  const closed = new Promise<void>((resolve) => {
    onAsked = () => {
      for (const response of asked) response.on("close", resolve);
    };
  });
  const reached = new Promise<void>((resolve) => {
    const before = onAsked;
    onAsked = () => {
      before();
      resolve();
    };
  });
  const { cellId } = await session.exec("await tools.refund()", { yieldAfterMs: 0 });
  await reached;
  await session.terminate(cellId);
  await closed;
});

test("an endpoint whose certificate nobody vouches for gets nothing", async () => {
  await using endpoint = await Endpoint.start(answer(200, json, "1"));
  const [made] = webhookTools([{ name: "refund", url: endpoint.url, secret }], { name: "c" });
  expect(await called(made?.tool ?? { name: "none", execute: () => null })).toBe(
    "ToolError: The webhook of refund cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT).",
  );
  expect(endpoint.asked).toEqual([]);
});

test("plain http reaches this machine, and the secret is a variable", async () => {
  let body = "";
  const server = createHttpServer(async (request, response) => {
    for await (const part of request) body += part;
    answer(200, json, "[1]")(response, { headers: {}, body });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const webhook = { name: "refund", url: `http://127.0.0.1:${port}`, secret: variable("HOOK") };
  const [made] = webhookTools([webhook], { name: "serve.json", env: { HOOK: secret } });
  expect(await called(made?.tool ?? { name: "none", execute: () => null })).toBe("[1]");
  expect(JSON.parse(body)).toMatchObject({ data: { input: { order: "A-1" } } });
  server.close();
});

function secretOf(bytes: number): string {
  return `whsec_${Buffer.alloc(bytes, 5).toString("base64")}`;
}

const good = { name: "a", url: "https://h/x", secret };

test("a secret has 24 to 64 bytes, and an answer at most 64 MiB", () => {
  const webhook = {
    ...good,
    secret: [secretOf(24), secretOf(64)],
    maxResultBytes: 67_108_864,
    ...{ effect: "write", onLost: "fail", approval: "ask" },
  };
  expect(webhookTools([webhook], { name: "serve.json", env: {} })).toHaveLength(1);
});

test.each<[object | string, RegExp]>([
  [{}, /^serve.json: webhooks should be a list of webhooks, but is an object/],
  [[{ ...good, nme: 1 }], /webhooks.0.nme is not known/],
  [[{ name: "a", url: "https://h" }], /webhooks.0.secret is missing/],
  [[{ ...good, url: "http://example.com/x" }], /url must begin with https:/],
  [[{ ...good, url: "http://127.0.0.1.example.com" }], /url must begin with https:/],
  [[{ ...good, url: "ftp://localhost" }], /url must begin with https:/],
  [[{ ...good, url: "https://me:pass@h" }], /no user, no password/],
  [[{ ...good, url: "nothing" }], /must be an https:\/\/ address/],
  [[{ ...good, secret: "whsec_c2hvcnQ=" }], /secret must be whsec_ and then/],
  ...[
    `x${secret}`,
    `${secret}!`,
    `${secret}==`,
    secretOf(23),
    secretOf(65),
    [secret, "whsec_"],
  ].map((wrong): [object, RegExp] => [[{ ...good, secret: wrong }], /must be whsec_ and then/]),
  [[{ ...good, secret: variable("NOT_SET") }], /there is no variable NOT_SET/],
  [[good, good], /webhooks.1.name "a" is there twice/],
  [[{ ...good, effect: "maybe" }], /effect should be "read", "idempotent" or "write"/],
  [[{ ...good, onLost: "maybe" }], /onLost should be "retry" or "fail"/],
  [[{ ...good, approval: "maybe" }], /approval should be "auto", "ask" or "deny"/],
  [[{ ...good, maxResultBytes: 67_108_865 }], /maxResultBytes should be bytes, 1 to 67108864/],
  [[{ ...good, secret: 1 }], /secret should be whsec_/],
  [[{ ...good, timeoutMs: 0 }], /timeoutMs should be milliseconds/],
  [[{ ...good, tenants: ["No"] }], /tenants.0 should be a tenant/],
])("a config that is wrong is refused: %j", (webhooks, message) => {
  const make = (): unknown => webhookTools(webhooks, { name: "serve.json", env: {} });
  expect(make).toThrow(expect.objectContaining({ code: "ERR_INVALID_OPTION" }));
  expect(make).toThrow(message);
  expect(make).toThrow(/^(?!.*(me:pass|c2hvcnQ))/s);
});
