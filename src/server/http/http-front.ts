import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type CallerRules, refusedCaller } from "../../mcp/gateway/access.js";
import type { Authenticator } from "../auth/authenticator.js";
import { allows, type Identity } from "../auth/identity.js";
import { ServiceError } from "../service-error.js";
import { checkValue } from "./check-values.js";
import { connectionBound } from "./connection-bound.js";
import { sendError, toldError } from "./http-error.js";
import { JsonBodies } from "./json-body.js";
import { matchRoute } from "./match-route.js";
import { answerPage } from "./pages.js";
import type { JsonSchemaObject, Route, RouteCall } from "./route.js";
import { noBody } from "./schemas.js";
import { readTimeoutMs } from "./send-pages.js";

export interface HttpFrontOptions {
  readonly routes: readonly Route[];
  /** What answers by itself, and says by itself who may ask. Default: none. */
  readonly mounts?: readonly Mount[] | undefined;
  readonly authenticator: Authenticator;
  readonly callers: CallerRules;
  /** Connections at once; more are closed as they come. Default: half of the files that the process may have open. */
  readonly maxConnections?: number | undefined;
  /** Texts in PEM. Default: no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Gets what clients are not told. */
  readonly onProblem: (error: unknown, requestId: string) => void;
  /** Told of each request that has been answered. */
  readonly onAnswered?: ((answered: AnsweredRequest) => void) | undefined;
}

/** Answers all that is below a path. */
export interface Mount {
  /** Such as `/internal/`. */
  readonly prefix: string;
  readonly handle: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  /** Of the route, such as `/v1/sessions/{session}/cells`; undefined where there is none. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly tenant: string | undefined;
}

/** Milliseconds in which the head of a request must come, all of it, and for which a connection is kept. */
const headersTimeout = 15_000;
const requestTimeout = 60_000;
const keepAliveTimeout = 75_000;

/** Milliseconds between two complaints about connections that were closed. */
const dropsToldMs = 60_000;

const nobody: Identity = { tenant: "", scopes: new Set(), subject: "" };

/** Serves routes over HTTP or HTTPS. */
export class HttpFront {
  readonly #options: HttpFrontOptions;
  readonly #server: Server;
  readonly #bodies = new JsonBodies();
  /** Requests that are not answered yet. */
  readonly #open = new Set<ServerResponse>();
  #onAnswered: () => void = () => {};
  #isLeaving = false;

  constructor(options: HttpFrontOptions) {
    this.#options = options;
    const limits = { headersTimeout, requestTimeout, keepAliveTimeout };
    const listener: RequestListener = (incoming, response) => void this.#serve(incoming, response);
    this.#server =
      options.tls === undefined
        ? createServer(limits, listener)
        : createTlsServer({ ...limits, ...options.tls }, listener);
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
    this.#boundConnections(options.maxConnections ?? connectionBound());
  }

  /** @returns The port. @throws The system's error. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  #boundConnections(most: number | undefined): void {
    if (most === undefined) return;
    this.#server.maxConnections = most;
    let toldAt = Number.NEGATIVE_INFINITY;
    this.#server.on("drop", () => {
      const now = performance.now();
      if (now - toldAt < dropsToldMs) return;
      toldAt = now;
      this.#options.onProblem(tooManyConnections(most), "");
    });
  }

  /** Connections are closed after the answer that comes next. */
  leave(): void {
    this.#isLeaving = true;
    this.#server.closeIdleConnections();
  }

  /** Resolves when all that was asked is answered, or after some time. */
  async close(graceMs: number): Promise<void> {
    this.leave();
    this.#server.close();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
      this.#onAnswered = () => {
        if (this.#open.size === 0) resolve();
      };
      this.#onAnswered();
    });
    clearTimeout(timer);
    this.#server.closeAllConnections();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = requestIdOf(incoming);
    const beganAt = performance.now();
    const gone = new AbortController();
    const seen: { route?: Route; identity?: Identity } = {};
    this.#open.add(response);
    response.once("close", () => {
      this.#open.delete(response);
      if (!response.writableFinished) gone.abort();
      this.#options.onAnswered?.({
        requestId,
        method: incoming.method ?? "",
        route: seen.route?.path,
        status: response.statusCode,
        durationMs: performance.now() - beganAt,
        tenant: seen.identity?.tenant,
      });
      this.#onAnswered();
    });
    // A client that has gone is no fault of ours.
    incoming.on("error", () => {});
    response.on("error", () => {});
    response.setHeader("x-request-id", requestId);
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");
    if (this.#isLeaving) response.setHeader("connection", "close");
    try {
      await this.#answer({ incoming, response, requestId, gone: gone.signal }, seen);
    } catch (error) {
      const told = toldError(error);
      if (told.hidden !== undefined && !gone.signal.aborted) {
        this.#options.onProblem(told.hidden, requestId);
      }
      // What still comes in of a body is not read.
      if (!incoming.complete) response.setHeader("connection", "close");
      sendError(response, told, requestId);
    } finally {
      if (response.writableEnded) response.setTimeout(readTimeoutMs, () => response.destroy());
      if (!incoming.complete) incoming.resume();
    }
  }

  async #answer(
    ask: Pick<RouteCall, "incoming" | "response" | "requestId" | "gone">,
    seen: { route?: Route; identity?: Identity },
  ): Promise<void> {
    const { incoming, response } = ask;
    const { headers, method = "", url = "" } = incoming;
    const refusal = refusedCaller(
      { host: headers.host, origin: headers.origin },
      this.#options.callers,
    );
    if (refusal !== undefined) throw new ServiceError("ERR_FORBIDDEN", refusal);
    if (answerPage(incoming, response, this.#options.callers.allowedOrigins)) return;
    const cut = url.indexOf("?");
    const path = cut === -1 ? url : url.slice(0, cut);
    const mount = this.#options.mounts?.find(({ prefix }) => path.startsWith(prefix));
    if (mount !== undefined) return mount.handle(incoming, response);
    const match = matchRoute(this.#options.routes, method, path);
    // Who may ask nothing does not learn what there is.
    const isPublic = match.type === "found" && match.route.access === "anyone";
    const identity = isPublic
      ? nobody
      : await this.#options.authenticator.identify(headers.authorization);
    seen.identity = identity;
    if (match.type === "missing") {
      throw new ServiceError(
        "ERR_NOT_FOUND",
        "There is nothing at this path; /openapi.json has those that there are.",
      );
    }
    if (match.type === "otherMethod") {
      response.setHeader("allow", match.allow.join(", "));
      throw new ServiceError("ERR_NOT_FOUND", `This path takes ${match.allow.join(", ")}.`, {
        status: 405,
      });
    }
    const { route, params } = match;
    seen.route = route;
    const { access } = route;
    if (access !== "anyone" && !allows(identity, access)) {
      throw new ServiceError(
        "ERR_FORBIDDEN",
        `This needs a key or token with the scope ${access}.`,
      );
    }
    const query = queryOf(route, cut === -1 ? "" : url.slice(cut + 1));
    const body = await this.#bodyOf(route, incoming);
    await route.handle({
      ...ask,
      params,
      query,
      body,
      identity,
      json: (value) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(value));
      },
    });
  }

  async #bodyOf(route: Route, incoming: IncomingMessage): Promise<RouteCall["body"]> {
    if (route.body === undefined) return {};
    const type = incoming.headers["content-type"];
    const isEmpty = incoming.headers["content-length"] === "0" && route.body === noBody;
    // A page of another origin can send no JSON without asking before.
    if (!isEmpty && type !== undefined && !/^application\/json\b/i.test(type)) {
      throw new ServiceError("ERR_BODY", "The body must have the content-type application/json.");
    }
    const body = await this.#bodies.read(incoming);
    checkValue(route.body, body, "The body");
    return body as RouteCall["body"];
  }
}

function tooManyConnections(most: number): string {
  return `Connections are refused, because ${most} are open: half of the files that this process may have open. Raise that limit (ulimit -n, LimitNOFILE), or put a proxy in front.`;
}

const querySchemas = new WeakMap<Route, JsonSchemaObject>();

function queryOf(route: Route, text: string): Readonly<Record<string, string>> {
  if (text === "") return {};
  const schema = querySchemas.get(route) ?? {
    type: "object",
    properties: route.query ?? {},
    additionalProperties: false,
  };
  querySchemas.set(route, schema);
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(query, name)) {
      throw new ServiceError("ERR_BODY", "The query has a parameter twice.");
    }
    Object.defineProperty(query, name, { value, enumerable: true });
  }
  checkValue(schema, query, "The query");
  return query;
}

/** The client's own where it can be shown anywhere. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}
