import type { ClusterStore, ServerInfo } from "../../durable/cluster-store.js";
import { hopProtocol } from "./hop-message.js";
import { Rounds } from "./rounds.js";

export interface PeersOptions {
  readonly store: Pick<ClusterStore, "beat">;
  readonly id: string;
  readonly version: string;
  /** How busy this server is: 1 where it has as many cells as it wants. */
  readonly load: () => number;
  /** Why the store could not be told that this server lives. */
  readonly onProblem: (thrown: unknown) => void;
}

/** Milliseconds from one beat to the next. */
const beatMs = 1000;

/** Milliseconds for which a server gets no new cells that did not answer. */
const shunMs = 10_000;

/** Says that this server lives, and knows which others do. */
export class Peers {
  readonly #options: PeersOptions;
  /** By the id: until when it gets no new cells. */
  readonly #shunned = new Map<string, number>();
  #others: readonly ServerInfo[] = [];
  #address = "";
  #isDraining = false;
  #isClosed = false;
  readonly #beats: Rounds;

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#beats = new Rounds({
      delayMs: () => beatMs,
      round: () => this.#tell(),
      onProblem: options.onProblem,
    });
  }

  /** The other servers that live, as far as it is known. */
  get others(): readonly ServerInfo[] {
    return this.#others;
  }

  /**
   * Resolves when the store knows this server, which then beats by itself.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE.
   */
  async start(address: string): Promise<void> {
    this.#address = address;
    await this.#tell();
    this.#beats.start();
  }

  /** Resolves when the store knows that it drains, or cannot be told. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    if (this.#address === "" || this.#isClosed) return;
    await this.#beats.settled();
    await this.#tell().catch(this.#options.onProblem);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#beats.stop();
  }

  /**
   * It did not answer: others get the next new cells.
   *
   * @returns Whether that is news.
   */
  shun(id: string): boolean {
    const isNews = (this.#shunned.get(id) ?? 0) < performance.now();
    this.#shunned.set(id, performance.now() + shunMs);
    return isNews;
  }

  /** The less busy of two others by chance, where it is less busy than this one. */
  lessBusy(): ServerInfo | undefined {
    const now = performance.now();
    const ready = this.#others.filter(
      ({ id, isDraining, protocol }) =>
        !isDraining && protocol >= hopProtocol && (this.#shunned.get(id) ?? 0) < now,
    );
    const first = take(ready);
    const second = take(ready.filter((other) => other !== first));
    const best = (second?.load ?? Infinity) < (first?.load ?? Infinity) ? second : first;
    return best !== undefined && best.load < this.#options.load() ? best : undefined;
  }

  async #tell(): Promise<void> {
    const { store, id, version, load } = this.#options;
    const own = { id, address: this.#address, version, protocol: hopProtocol };
    const all = await store.beat({ ...own, load: load(), isDraining: this.#isDraining });
    this.#others = all.filter((server) => server.id !== id);
    const living = new Set(this.#others.map((server) => server.id));
    for (const known of this.#shunned.keys()) if (!living.has(known)) this.#shunned.delete(known);
  }
}

function take<Value>(values: readonly Value[]): Value | undefined {
  return values[Math.floor(Math.random() * values.length)];
}
