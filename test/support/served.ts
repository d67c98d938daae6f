import { type CodeMode, type CodeModeOptions, createCodeMode } from "../../src/index.js";
import { Authenticator } from "../../src/server/auth/authenticator.js";
import type { Scope } from "../../src/server/auth/identity.js";
import type { JwtOptions } from "../../src/server/auth/jwt.js";
import { hashOf } from "../../src/server/auth/keys.js";
import { CellServer, type CellServerOptions } from "../../src/server/cell-server.js";
import type { Route } from "../../src/server/http/route.js";
import { LocalCells } from "../../src/server/local-cells.js";
import { TenantTools } from "../../src/server/tenants/tenant-tools.js";
import { type TenantSettings, Tenants } from "../../src/server/tenants/tenants.js";
import { sqliteStore } from "../../src/sqlite.js";
import type { NamedTool } from "../../src/tools/tool-definition.js";
import { ApiDocument } from "./api-document.js";
import { StorePlace } from "./store-file.js";

export interface ServedOptions
  extends Pick<CellServerOptions, "maxConnections" | "mounts" | "tls" | "onAnswered"> {
  readonly routes?: readonly Route[] | ((codeMode: CodeMode) => readonly Route[]);
  readonly file?: StorePlace;
  readonly keys?: Readonly<
    Record<string, { readonly tenant: string; readonly scopes: readonly Scope[] }>
  >;
  readonly jwt?: JwtOptions;
  readonly tenants?: Readonly<Record<string, TenantSettings>>;
  readonly tools?: readonly (NamedTool & { readonly tenants?: readonly string[] })[];
  readonly runtime?: CodeModeOptions;
  /** Hosts whose pages may ask. */
  readonly allowedOrigins?: readonly string[];
}

/** Is not seen by tests. */
const documentRequest = "document-of-the-api";

const all: readonly Scope[] = ["run", "approve", "read"];

/** By which tests know who asks. The texts are the keys themselves. */
export const twoTenants: NonNullable<ServedOptions["keys"]> = {
  a: { tenant: "a", scopes: all },
  b: { tenant: "b", scopes: all },
  admin: { tenant: "ops", scopes: ["admin"] },
};

/** A server of cells in this process, with a store of its own. */
export class Served implements AsyncDisposable {
  readonly url: string;
  readonly problems: unknown[] = [];
  readonly server: CellServer;
  readonly #close: () => Promise<void>;
  /** Undefined where it is served with TLS. */
  readonly #document: ApiDocument | undefined;

  private constructor(
    url: string,
    server: CellServer,
    problems: unknown[],
    document: ApiDocument | undefined,
    close: () => Promise<void>,
  ) {
    this.url = url;
    this.server = server;
    this.problems = problems;
    this.#document = document;
    this.#close = close;
  }

  static async start(options: ServedOptions = {}): Promise<Served> {
    const { keys = {}, tenants: settings = {}, tools: given = [], routes, mounts, tls } = options;
    const ownFile = options.file === undefined ? new StorePlace() : undefined;
    const store = sqliteStore((options.file ?? ownFile)?.path ?? "");
    const codeMode = createCodeMode({ durability: { store }, ...options.runtime });
    const tenants = new Tenants(settings);
    const problems: unknown[] = [];
    const onProblem = (error: unknown): void => void problems.push(error);
    const tools = new TenantTools(
      given.map(({ tenants: own, ...tool }) => ({ tenants: own, tools: () => [tool] })),
      onProblem,
    );
    const local = new LocalCells({
      codeMode,
      toolsOf: (tenant) => tools.of(tenant),
      limitsOf: (tenant) => tenants.of(tenant).limits,
      maxRunningOf: (tenant) => tenants.of(tenant).cells?.running,
    });
    const entries = Object.entries(keys).map(([key, { tenant, scopes }]) => ({
      id: key,
      tenant,
      scopes,
      sha256: hashOf(key),
    }));
    const server = new CellServer({
      store,
      codeMode,
      local,
      tools,
      tenants,
      ready: Promise.resolve(),
      authenticator: await Authenticator.open({ keys: entries, jwt: options.jwt }),
      callers: { isLoopback: true, allowedOrigins: options.allowedOrigins ?? [] },
      routes: typeof routes === "function" ? routes(codeMode) : routes,
      maxConnections: options.maxConnections,
      onAnswered: (answered) => {
        if (answered.requestId !== documentRequest) options.onAnswered?.(answered);
      },
      mounts,
      tls,
      onProblem,
    });
    const port = await server.listen("127.0.0.1", 0);
    const url = `http://127.0.0.1:${port}`;
    const document = tls === undefined ? await ApiDocument.of(url, documentRequest) : undefined;
    return new Served(url, server, problems, document, async () => {
      await server[Symbol.asyncDispose]();
      await codeMode.close();
      await store.close();
      ownFile?.[Symbol.dispose]();
    });
  }

  /**
   * Asks as who has the key.
   *
   * @throws Where an answer is not what the server's document says of it.
   */
  async ask(
    method: string,
    path: string,
    { key = "a", body, headers = {}, signal }: AskOptions = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
    });
    const text = await response.text();
    const isJson = /^application\/json(;|$)/.test(response.headers.get("content-type") ?? "");
    const json = isJson ? JSON.parse(text) : undefined;
    if (json !== undefined) this.#document?.check(method, path, response.status, json);
    return { status: response.status, headers: response.headers, text, json };
  }

  exec(session: string, source: string, more: object = {}, key = "a"): Promise<Answer> {
    return this.ask("POST", `/v1/sessions/${session}/cells`, { key, body: { source, ...more } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

export interface AskOptions {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at by what is expected.
  readonly json: any;
}
