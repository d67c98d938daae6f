/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofMcp = [
  {
    file: "mcp/gateway/access.ts",
    line: 'const [, given] = /^Bearer +(\\S+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];',
    change: 'request.headers.get("authorization") ?? "" → request.headers.get("authorization")',
    why: "Without the header the pattern is looked for in the text null, which has no token either.",
  },
  {
    file: "mcp/gateway/access.ts",
    line: "return checked.ok ? undefined : checked.message;",
    change: "checked.ok → false",
    why: "What is in order has no message.",
  },
  {
    file: "mcp/gateway/http-clients.ts",
    line: "onSent();",
    change: "without onSent();",
    why: "Only a DELETE whose session cannot be closed comes here, and its client is gone by then.",
  },
  {
    file: "mcp/gateway/http-clients.ts",
    line: "if (client === undefined) return;",
    change: "client === undefined → false",
    why: "Whatever drops a client finds it among the clients in the same step.",
  },
  {
    file: "mcp/gateway/when-sent.ts",
    line: 'signal.addEventListener("abort", leave, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "mcp/gateway/request-body.ts",
    line: "if (refusal !== undefined) kept.length = 0;",
    change: "refusal !== undefined → false",
    why: "What was kept of a refused body is let go a moment later.",
  },
  {
    file: "mcp/gateway/clients.ts",
    line: "const wanted = this.all.flatMap(({ level }) => (level === undefined ? [] : [level]));",
    change: "level === undefined → false",
    why: "Undefined is none of the levels that are looked for.",
  },
  {
    file: "mcp/gateway/server-requests.ts",
    line: "const isOfOne = causes.length === 1 && cause?.signal !== undefined;",
    change: "cause?.signal → cause.signal",
    why: "Where there is one cause there is a first one.",
  },
  {
    file: "mcp/gateway/server-requests.ts",
    line: 'signal.addEventListener("abort", abort, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "mcp/client/page-requests.ts",
    line: 'stop.addEventListener("abort", () => resolve(), { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "mcp/client/recent-lines.ts",
    line: 'this.#rest = (parts.pop() ?? "").slice(0, 64 * 1024);',
    change: 'parts.pop() ?? "" → parts.pop()',
    why: "A text that is split has a part.",
  },
  {
    file: "mcp/client/server-connection.ts",
    line: 'signal.addEventListener("abort", abort, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "mcp/client/server-group.ts",
    line: "return [...(this.#named() ?? [])];",
    change: "this.#named() ?? [] → this.#named()",
    why: "A group has a list for each of its servers.",
  },
  {
    file: "mcp/client/server-process.ts",
    line: "resolve(true);",
    change: "true → false",
    why: "A process that is gone is sent no signals, and is not waited for.",
  },
  {
    file: "mcp/server/client-approval.ts",
    line: ': ` It needs approval: \u0024{showHidden(previewJson(reason, maxReason) ?? "")}.`;',
    change: 'previewJson(reason, maxReason) ?? "" → previewJson(reason, maxReason)',
    why: "Every text has a JSON text.",
  },
  {
    file: "mcp/server/cell-feed.ts",
    line: "if (request === undefined || progressToken === undefined) return;",
    change: "request === undefined || progressToken === undefined → progressToken === undefined",
    why: "Without a request there is no token.",
  },
  {
    file: "mcp/server/mcp-calls.ts",
    line: 'if (cellId !== undefined && result.outcome?.status !== "yielded") this.#feeds.delete(cellId);',
    change:
      'cellId !== undefined && result.outcome?.status !== "yielded" → result.outcome?.status !== "yielded"',
    why: "A cell that nobody was told of has no feed.",
  },
  {
    file: "mcp/server/mcp-calls.ts",
    line: "if (feeds.size > maxFeeds && oldest !== undefined) feeds.delete(oldest);",
    change: "feeds.size > maxFeeds && oldest !== undefined → feeds.size > maxFeeds",
    why: "Of so many one is the oldest.",
  },
  {
    file: "mcp/server/mcp-calls.ts",
    line: 'return typeof cellId === "string" ? cellId : "";',
    change: 'typeof cellId === "string" → true',
    why: "What is no text is no cell's id either.",
  },
  {
    file: "mcp/server/exchanges.ts",
    line: "work.result.catch(() => undefined);",
    change: "without work.result.catch(() => undefined);",
    why: "The request that began the work has handled its result, whichever it was.",
  },
];
