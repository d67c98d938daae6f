import { CodeModeError } from "../base/errors.js";
import { checkOneOf, checkOptionsObject, invalidOption } from "../base/option-checks.js";
import type {
  ApprovalsQuery,
  DecideOutcome,
  Decision,
  KeptApproval,
} from "../protocol/approvals.js";
import { type Connection, type ConnectOptions, checkConnectOptions } from "./connect-options.js";
import { newId } from "./new-id.js";
import { readDecideOutcome, readList } from "./read-answers.js";
import { RemoteSession } from "./remote-session.js";
import { Requests } from "./requests.js";

/** A cell as a server lists it. */
export interface ListedCell {
  readonly cellId: string;
  readonly sessionId: string;
  /** `open`: it has not ended. */
  readonly status: "open" | "completed" | "failed" | "terminated";
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; not set while it is open. */
  readonly endedAt?: number;
}

/** Which cells `RemoteCodeMode.cells` lists. */
export interface CellsQuery {
  /** Default: those of all sessions of the tenant. */
  readonly sessionId?: string | undefined;
  /** Default: both. */
  readonly state?: "open" | "ended" | undefined;
  /** Default: what the server says. */
  readonly limit?: number | undefined;
}

/** A tool of a server. */
export interface ListedTool {
  readonly name: string;
  readonly description?: string;
}

/** The decision of `RemoteCodeMode.decide`. Who decides is who the token is for. */
export type RemoteDecision = Omit<Decision, "by">;

/**
 * Connects to `codecell serve`. Sends nothing: each call is a request of its own.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function connectCodeMode(options: ConnectOptions): RemoteCodeMode {
  return new RemoteCodeMode(checkConnectOptions(options));
}

/** The sessions, cells and approvals of the token's tenant on a server. `connectCodeMode` makes it. */
export class RemoteCodeMode implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #sessions = new Set<RemoteSession>();
  #isClosed = false;

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection;
    this.#requests = new Requests(connection);
  }

  /**
   * Opens a session; one of the same id, also of another program, has the same cells and stored values.
   *
   * @param options - `id`: 1 to 128 letters, digits and `. _ : -`, not only of dots. Default: a new one.
   * @throws {CodeModeError} ERR_INVALID_OPTION; ERR_SESSION_CLOSED if the connection was closed.
   */
  openSession(options: { readonly id?: string | undefined } = {}): RemoteSession {
    checkOptionsObject("the options of openSession", options, ["id"]);
    const { id = newId() } = options;
    if (!isSessionId(id)) {
      throw invalidOption("id", "1 to 128 letters, digits and . _ : -, not only of dots", id);
    }
    if (this.#isClosed) {
      throw new CodeModeError("ERR_SESSION_CLOSED", "This connection was closed.");
    }
    const session = new RemoteSession(id, new Requests(this.#connection));
    this.#sessions.add(session);
    return session;
  }

  /**
   * The calls that wait for a decision; with `state: "all"` also those that were decided.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION; as `RemoteSession.exec`. The token needs the scope `approve`.
   */
  async approvals(query: ApprovalsQuery = {}): Promise<readonly KeptApproval[]> {
    checkOptionsObject("the query of approvals", query, ["cellId", "sessionId", "state"]);
    const { cellId, sessionId, state } = query;
    checkOneOf("state", state, ["open", "all"]);
    const path = `/v1/approvals${queryOf({ session: sessionId, cell: cellId, state })}`;
    return readList(await this.#get(path), "approvals");
  }

  /**
   * Decides about a call that waits for approval. The first decision holds. A decision that was sent again because the
   * connection was lost may be told that it was made already: `decision` says which holds.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION; as `RemoteSession.exec`. The token needs the scope `approve`.
   */
  async decide(approvalId: string, decision: RemoteDecision): Promise<DecideOutcome> {
    if (typeof approvalId !== "string" || approvalId === "" || /^\.{1,2}$/.test(approvalId)) {
      throw invalidOption("approvalId", "the id of an approval", approvalId);
    }
    checkOptionsObject("the decision", decision, ["verdict", "note", "input"]);
    const path = `/v1/approvals/${encodeURIComponent(approvalId)}`;
    const body = JSON.stringify(decision);
    const { answer } = await this.#requests.send({ method: "POST", path, body });
    return readDecideOutcome(answer);
  }

  /**
   * The cells of the tenant, the newest first.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION; as `RemoteSession.exec`.
   */
  async cells(query: CellsQuery = {}): Promise<readonly ListedCell[]> {
    checkOptionsObject("the query of cells", query, ["sessionId", "state", "limit"]);
    const { sessionId, state, limit } = query;
    checkOneOf("state", state, ["open", "ended"]);
    if (sessionId !== undefined && !isSessionId(sessionId)) return [];
    const of = sessionId === undefined ? "" : `/sessions/${encodeURIComponent(sessionId)}`;
    return readList(await this.#get(`/v1${of}/cells${queryOf({ state, limit })}`), "cells");
  }

  /**
   * The tools that cells have on the server.
   *
   * @throws {CodeModeError} As `RemoteSession.exec`.
   */
  async tools(): Promise<readonly ListedTool[]> {
    return readList(await this.#get("/v1/tools"), "tools");
  }

  /** Ends all requests, which reject with ERR_SESSION_CLOSED. Cells go on on the server. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#requests.close();
    for (const session of this.#sessions) await session.close();
    this.#sessions.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #get(path: string): Promise<unknown> {
    return (await this.#requests.send({ method: "GET", path })).answer;
  }
}

function isSessionId(id: unknown): boolean {
  return typeof id === "string" && /^[A-Za-z0-9._:-]{1,128}$/.test(id) && !/^\.{1,2}$/.test(id);
}

function queryOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters}`;
}
