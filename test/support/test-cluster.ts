import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CodeMode, type CodeModeOptions, createCodeMode } from "../../src/index.js";
import { type ClusterStore, postgresStore } from "../../src/postgres.js";
import { RoutedCells } from "../../src/server/cluster/routed-cells.js";
import type { TenantQuota } from "../../src/server/cluster/tenant-shares.js";
import { LocalCells } from "../../src/server/local-cells.js";
import { Held } from "./cells.js";

export interface TestServer {
  readonly cells: RoutedCells;
  readonly codeMode: CodeMode;
  readonly local: LocalCells;
  readonly store: ClusterStore;
  /** What it had to say to nobody. */
  readonly problems: unknown[];
  /** Resolves with the first of them. */
  readonly problem: Promise<void>;
  /** The other servers do not reach it any more. It does not know. */
  cutOff(): Promise<void>;
}

export interface TestServerOptions {
  readonly tools?: CodeModeOptions["tools"];
  readonly secret?: string | undefined;
  readonly targetCells?: number;
  readonly followMs?: number;
  /** Of each tenant. */
  readonly quota?: TenantQuota;
  /** What the others are told. Default: where it is. */
  readonly address?: string;
}

/** Servers of one store, in this process. */
export class TestCluster implements AsyncDisposable {
  readonly #url: string;
  readonly schema: string;
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor(url: string, schema: string) {
    this.#url = url;
    this.schema = schema;
  }

  async add(options: TestServerOptions = {}): Promise<TestServer> {
    const { tools, targetCells = 100, followMs, quota } = options;
    const secret = "secret" in options ? options.secret : "the same for all";
    // So long that no lease runs out by itself in a test.
    const store = postgresStore(this.#url, { schema: this.schema, leaseMs: 3_600_000 });
    const codeMode = createCodeMode({ ...(tools && { tools }), durability: { store } });
    const local = new LocalCells({ codeMode, maxRunningOf: () => quota?.running });
    const problems: unknown[] = [];
    const first = new Held();
    const front = createServer((incoming, response) => {
      if (cells.hops.takes(incoming)) void cells.hops.answer(incoming, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const { port } = front.address() as AddressInfo;
    const cells: RoutedCells = new RoutedCells({
      local,
      store,
      secret,
      targetCells,
      quotaOf: () => quota,
      ...(followMs !== undefined && { followMs }),
      onProblem: (problem) => {
        problems.push(problem);
        first.resolve();
      },
    });
    const cutOff = (): Promise<void> =>
      new Promise((resolve) => {
        front.close(() => resolve());
        front.closeAllConnections();
      });
    this.#ends.push(async () => {
      await cutOff();
      await cells.close();
      await codeMode.close();
      await store.close();
    });
    await cells.start(options.address ?? `http://127.0.0.1:${port}`);
    return { cells, codeMode, local, store, problems, problem: first.promise, cutOff };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()));
  }
}
