export interface SentRequest {
  /** Method and path, as in "GET /v1/tools". */
  readonly line: string;
  readonly headers: Headers;
  readonly body: unknown;
}

export type Answer = Response | ((signal: AbortSignal) => Response | Promise<Response>);

/** A `fetch` for `connectCodeMode` that gives one answer after another, the last one for ever. */
export function scriptedFetch(...answers: readonly Answer[]): {
  /** What was sent so far. */
  readonly sent: readonly SentRequest[];
  readonly fetch: typeof globalThis.fetch;
} {
  const sent: SentRequest[] = [];
  const fetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const { method, headers, body, signal } = init;
    const { pathname, search } = new URL(String(input));
    const line = `${method} ${pathname}${search}`;
    const text = typeof body === "string" ? (JSON.parse(body) as unknown) : undefined;
    sent.push({ line, headers: new Headers(headers), body: text });
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    if (answer === undefined) throw new Error("there is no answer");
    if (typeof answer !== "function") return answer.clone();
    return await answer(signal ?? new AbortController().signal);
  };
  return { sent, fetch: fetch as typeof globalThis.fetch };
}

export function jsonAnswer(
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Response {
  return Response.json(value, { status, headers });
}

/** A server's own error. */
export function refusal(
  code: string,
  status: number,
  headers: Record<string, string> = {},
): Response {
  return jsonAnswer({ error: { code, message: "no" } }, status, headers);
}

/** An answer of server-sent events: name and data each. */
export function eventsAnswer(...events: readonly (readonly [string, unknown])[]): Response {
  const text = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  return new Response(text.join(""), { headers: { "content-type": "text/event-stream" } });
}

/** The outcome of a cell that a server sends. */
export function sentOutcome(more: object = {}): object {
  const none = { output: [], logs: [], usage: {}, warnings: [] };
  return { status: "completed", cellId: "c", ...none, endedAt: 1, ...more };
}
