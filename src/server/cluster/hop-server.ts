import type { IncomingMessage, ServerResponse } from "node:http";
import { describeThrown } from "../../base/describe-value.js";
import { CodeModeError } from "../../base/errors.js";
import type { CellOutcome } from "../../protocol/outcome.js";
import type { CellService, ServiceObservation } from "../cell-service.js";
import { ServiceError } from "../service-error.js";
import { isSessionId, isTenant } from "../session-name.js";
import type { HopKey } from "./hop-key.js";
import {
  type HopLine,
  type HopNews,
  type HopRequest,
  hopHeader,
  hopPath,
  hopPingMs,
  hopServerHeader,
} from "./hop-message.js";

export interface HopServerOptions {
  /** Those that run here: what has hopped goes no further. */
  readonly local: CellService;
  /** Undefined where no secret is set: then nothing is answered. */
  readonly key: HopKey | undefined;
  /** Of this run of the process. */
  readonly serverId: string;
}

/** Bytes of one request. Who asks has the key, and has checked what a client sent. */
const maxBytes = 64 * 1024 * 1024;

/** Bytes that may wait for a server that does not read. */
const maxWaitingBytes = 64 * 1024 * 1024;

/** Answers other servers that ask for cells which this one has. */
export class HopServer {
  readonly #options: HopServerOptions;

  constructor(options: HopServerOptions) {
    this.#options = options;
  }

  /** Whether a request is for it: it answers no other. */
  takes(incoming: IncomingMessage): boolean {
    return (incoming.url ?? "").startsWith("/internal/");
  }

  /** Answers a request. Never rejects. */
  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    incoming.on("error", () => {});
    response.on("error", () => {});
    try {
      const status = this.#refusal(incoming);
      if (status !== undefined) {
        response.writeHead(status, { connection: "close" }).end();
        incoming.resume();
        return;
      }
      const request = await readRequest(incoming);
      if (request === undefined) response.writeHead(400, { connection: "close" }).end();
      else if (request.action === "decided") await this.#take(request, response);
      else await this.#stream(request, response);
    } catch {
      // Who has asked is gone, or finds that nothing comes.
      response.destroy();
    }
  }

  /** Without the key it is not said what there is. */
  #refusal({ headers, method, url }: IncomingMessage): number | undefined {
    const { key, serverId } = this.#options;
    if (key === undefined || !key.isIn(headers.authorization)) return 404;
    if (url !== hopPath) return 501;
    if (method !== "POST" || headers[hopHeader] !== "1") return 400;
    return headers[hopServerHeader] === serverId ? undefined : 421;
  }

  async #take({ tenant, session, ...question }: HopNews, response: ServerResponse): Promise<void> {
    const isKnown = await this.#options.local.decided({ tenant, session }, question);
    response.writeHead(isKnown ? 204 : 503).end();
  }

  async #stream(request: HopRequest, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    response.writeHead(200, {
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
    });
    const write = (line: HopLine): void => {
      if (response.destroyed || response.writableEnded) return;
      response.write(`${JSON.stringify(line)}\n`);
      if (response.writableLength > maxWaitingBytes) response.destroy();
    };
    write({ type: "ping" });
    const pings = setInterval(() => write({ type: "ping" }), hopPingMs);
    try {
      write({ type: "outcome", outcome: await this.#run(request, write, gone.signal) });
    } catch (thrown) {
      write(errorLine(thrown));
    } finally {
      clearInterval(pings);
      response.end();
    }
  }

  #run(
    request: HopRequest,
    write: (line: HopLine) => void,
    signal: AbortSignal,
  ): Promise<CellOutcome> {
    const { local } = this.#options;
    const { tenant, session, yieldAfterMs, yieldOnApproval, wantsEvents } = request;
    const name = { tenant, session };
    const observation: ServiceObservation = {
      yieldAfterMs: yieldAfterMs === null ? Number.POSITIVE_INFINITY : yieldAfterMs,
      yieldOnApproval,
      signal,
      ...(wantsEvents && { onEvent: (event) => write({ type: "event", event }) }),
    };
    switch (request.action) {
      case "exec": {
        const { source, requestId, limits } = request;
        const onCellId = (cellId: string): void => write({ type: "cellId", cellId });
        return local.exec(name, source, { ...observation, requestId, limits, onCellId });
      }
      case "wait":
        return local.wait(name, request.cellId, { ...observation, after: request.after });
      case "terminate":
        return local.terminate(name, request.cellId);
    }
  }
}

async function readRequest(incoming: IncomingMessage): Promise<HopRequest | HopNews | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).byteLength;
    if (bytes > maxBytes) return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return undefined;
  }
  return isRequest(value) ? value : undefined;
}

function isRequest(value: unknown): value is HopRequest | HopNews {
  if (typeof value !== "object" || value === null) return false;
  const { tenant, session, action, cellId, approvalId, source, requestId } = value as Readonly<
    Record<string, unknown>
  >;
  if (!isTenant(tenant) || !isSessionId(session)) return false;
  if (action === "decided") return typeof cellId === "string" && typeof approvalId === "string";
  if (action === "exec") return typeof source === "string" && typeof requestId === "string";
  return (action === "wait" || action === "terminate") && typeof cellId === "string";
}

function errorLine(thrown: unknown): HopLine {
  if (thrown instanceof ServiceError) {
    const { code, message, retryAfterMs } = thrown;
    return { type: "error", of: "service", code, message, retryAfterMs };
  }
  if (thrown instanceof CodeModeError) {
    return { type: "error", of: "cell", code: thrown.code, message: thrown.message };
  }
  return { type: "error", of: "unknown", code: "", message: describeThrown(thrown) };
}
