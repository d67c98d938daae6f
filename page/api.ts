import type { JournalEntry } from "../src/journal/entry.js";
import type { KeptApproval } from "../src/protocol/approvals.js";

/** A cell, as the server lists it. */
export interface Cell {
  readonly cellId: string;
  readonly tenant: string;
  readonly session: string;
  readonly status: "open" | "completed" | "failed" | "terminated";
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly endedAt?: number;
  /** Of its journal. */
  readonly records: number;
}

export interface Session {
  readonly tenant: string;
  readonly session: string;
  readonly cells: number;
  readonly open: number;
  readonly lastCellAt: number;
}

export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Undefined on the last page. */
  readonly next?: string;
}

export interface Approval extends Omit<KeptApproval, "sessionId"> {
  readonly tenant: string;
  readonly session: string;
}

export type CellName = Pick<Cell, "tenant" | "session" | "cellId">;

export type Verdict = "approve" | "deny";

/** What the server has answered instead. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

type Question = readonly [
  method: string,
  path: string,
  query: Readonly<Record<string, string | number>>,
  tenant?: string | undefined,
  body?: object,
];

/** What the server is asked, with one key. */
export class Api {
  /** Whether the key is for all tenants. */
  readonly isAdmin: boolean;
  readonly #key: string | undefined;

  /**
   * @param key - Undefined where the server asks for none.
   * @throws {ApiError} If the server does not take the key.
   */
  static async open(key: string | undefined): Promise<Api> {
    try {
      await new Api(key, true).cells("open", 1);
      return new Api(key, true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
    }
    const api = new Api(key, false);
    await api.cells("open", 1);
    return api;
  }

  private constructor(key: string | undefined, isAdmin: boolean) {
    this.#key = key;
    this.isAdmin = isAdmin;
  }

  async cells(state: string, limit = 200): Promise<readonly Cell[]> {
    const query = state === "all" ? { limit } : { state, limit };
    return ((await this.#json("GET", "/v1/cells", query)) as { cells: readonly Cell[] }).cells;
  }

  async cellsOf({ tenant, session }: Omit<CellName, "cellId">): Promise<readonly Cell[]> {
    const path = `/v1/sessions/${encodeURIComponent(session)}/cells`;
    return ((await this.#json("GET", path, { limit: 200 }, tenant)) as { cells: readonly Cell[] })
      .cells;
  }

  /** @param after - The `next` of the page before. Default: the first page. */
  async sessions(after?: string): Promise<SessionPage> {
    const query = { limit: 200, ...(after !== undefined && { after }) };
    return (await this.#json("GET", "/v1/sessions", query)) as SessionPage;
  }

  async approvals(state: "open" | "all"): Promise<readonly Approval[]> {
    const answer = await this.#json("GET", "/v1/approvals", { state });
    return (answer as { approvals: readonly Approval[] }).approvals;
  }

  /** @returns What has come of it: `decided`, `alreadyDecided` or `ended`. */
  async decide(approvalId: string, verdict: Verdict, note: string): Promise<string> {
    const body = note === "" ? { verdict } : { verdict, note };
    const path = `/v1/approvals/${encodeURIComponent(approvalId)}`;
    return ((await this.#json("POST", path, {}, undefined, body)) as { status: string }).status;
  }

  async cell(name: CellName): Promise<Cell> {
    return (await this.#json("GET", pathOf(name), {}, name.tenant)) as Cell;
  }

  async values({ tenant, session }: Omit<CellName, "cellId">): Promise<object> {
    const path = `/v1/sessions/${encodeURIComponent(session)}/values`;
    return ((await this.#json("GET", path, {}, tenant)) as { values: object }).values;
  }

  async journal(name: CellName): Promise<readonly JournalEntry[]> {
    const response = await this.#ask("GET", `${pathOf(name)}/journal`, {}, name.tenant);
    const lines = (await response.text()).split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as JournalEntry);
  }

  async terminate(name: CellName): Promise<void> {
    await this.#json("POST", `${pathOf(name)}/terminate`, {}, name.tenant, {});
  }

  async #json(...asked: Question): Promise<unknown> {
    return (await this.#ask(...asked)).json();
  }

  async #ask(...[method, path, query, tenant, body]: Question): Promise<Response> {
    const url = new URL(path, location.origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    if (this.isAdmin) url.searchParams.set("tenant", tenant ?? "*");
    const headers: Record<string, string> = {};
    if (this.#key !== undefined) headers["authorization"] = `Bearer ${this.#key}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url, { method, headers, ...sent });
    if (response.ok) return response;
    throw new ApiError(response.status, await messageOf(response));
  }
}

function pathOf({ session, cellId }: CellName): string {
  return `/v1/sessions/${encodeURIComponent(session)}/cells/${encodeURIComponent(cellId)}`;
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { error }: { readonly error: { readonly message: string } } = await response.json();
    return error.message;
  } catch {
    return `The server has answered ${response.status}.`;
  }
}
