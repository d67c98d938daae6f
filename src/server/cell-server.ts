import type { DurableStore } from "../durable/store.js";
import type { CallerRules } from "../mcp/gateway/access.js";
import type { CodeMode } from "../session/code-mode.js";
import type { Authenticator } from "./auth/authenticator.js";
import type { CellService } from "./cell-service.js";
import { cellRoutes } from "./http/cell-routes.js";
import { type AnsweredRequest, HttpFront, type Mount } from "./http/http-front.js";
import { ownRoutes } from "./http/own-routes.js";
import type { Route } from "./http/route.js";
import { storeRoutes } from "./http/store-routes.js";
import type { LocalCells } from "./local-cells.js";
import { McpClients } from "./mcp/mcp-routes.js";
import type { TenantTools } from "./tenants/tenant-tools.js";
import type { Tenants } from "./tenants/tenants.js";

export interface CellServerOptions {
  /** Who has made these closes them. */
  readonly store: DurableStore;
  readonly codeMode: CodeMode;
  readonly local: LocalCells;
  /** Runs cells here or elsewhere. Default: here. */
  readonly cells?: CellService | undefined;
  readonly tools: TenantTools;
  /** Settled when the tools are there. */
  readonly ready: Promise<void>;
  readonly tenants: Tenants;
  readonly authenticator: Authenticator;
  readonly callers: CallerRules;
  /** As of `HttpFront`. */
  readonly maxConnections?: number | undefined;
  /** Texts in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Besides those of the API, such as `/metrics`. */
  readonly routes?: readonly Route[] | undefined;
  /** Such as `/internal/`. */
  readonly mounts?: readonly Mount[] | undefined;
  readonly onProblem: (error: unknown, requestId: string) => void;
  readonly onAnswered?: ((answered: AnsweredRequest) => void) | undefined;
}

/** Milliseconds for which it is known whether the store can be reached. */
const readyMs = 1000;

/** Milliseconds that answers on their way have at the end. */
const lastAnswersMs = 5000;

/** Cells of many tenants over HTTP. */
export class CellServer implements AsyncDisposable {
  readonly #options: CellServerOptions;
  readonly #cells: CellService;
  readonly #front: HttpFront;
  readonly #mcp: McpClients;
  #isDraining = false;
  #ready: { readonly at: number; readonly isReady: Promise<boolean> } | undefined;

  constructor(options: CellServerOptions) {
    this.#options = options;
    const { local, tenants, ready, onProblem, store, codeMode, tools } = options;
    this.#cells = options.cells ?? local;
    this.#mcp = new McpClients({ cells: this.#cells, local, tenants, ready });
    const routes = [
      ...cellRoutes({ cells: this.#cells, tenants, onProblem }),
      ...storeRoutes({
        store,
        codeMode,
        cells: this.#cells,
        toolsOf: (tenant) => tools.of(tenant),
        onProblem,
      }),
      ...this.#mcp.routes,
      ...(options.routes ?? []),
    ];
    const { authenticator, callers, maxConnections, tls, mounts, onAnswered } = options;
    this.#front = new HttpFront({
      routes: [...ownRoutes({ routes, isReady: () => this.#isReady() }), ...routes],
      authenticator,
      callers: { ...callers, hasPages: true },
      maxConnections,
      tls,
      mounts,
      onProblem,
      onAnswered,
    });
  }

  /** @returns The port. @throws The system's error. */
  listen(host: string, port: number): Promise<number> {
    return this.#front.listen(host, port);
  }

  /** The tools of tenants are others than before. */
  toolsChanged(): void {
    this.#options.tools.renew();
    this.#options.local.renewTools();
    this.#mcp.toolsChanged();
  }

  /**
   * Takes no new cells, and serves who waits until what runs has ended, or the signal is aborted: then what runs is
   * left in the store, and who waits is told to wait again, elsewhere.
   */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    this.#front.leave();
    await this.#cells.drain(signal);
  }

  /** Leaves what runs in the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(AbortSignal.abort());
    await this.#mcp[Symbol.asyncDispose]();
    await this.#front.close(lastAnswersMs);
  }

  async #isReady(): Promise<boolean> {
    if (this.#isDraining) return false;
    const now = performance.now();
    if (this.#ready === undefined || now - this.#ready.at > readyMs) {
      const isReady = this.#options.store.cells({ limit: 1 }).then(
        () => true,
        () => false,
      );
      this.#ready = { at: now, isReady };
    }
    return this.#ready.isReady;
  }
}
