// Clients that begin cells at any server, and follow them at any.
import { count, fault } from "./report.mjs";
import { kindOf, sourceOf } from "./workload.mjs";

/**
 * @typedef {object} Told
 * @property {string} kind
 * @property {string} key
 * @property {string} session
 * @property {string} cellId
 * @property {string[]} output - What its client has been told.
 * @property {boolean} isLeft - It was left alone.
 */

const sessions = 20;
/** Every so many cells is left alone by its client at once. */
const leftAlone = 4;
/** Every so many is asked for twice at a time. */
const askedTwice = 6;

/** One client, which does one thing after another. */
export class Client {
  #cluster;
  #name;
  #counted;

  /**
   * @param {import("./cluster.mjs").Cluster} cluster
   * @param {string} name
   * @param {number} [counted] - What its session has counted to.
   */
  constructor(cluster, name, counted = 0) {
    this.#cluster = cluster;
    this.#name = name;
    this.#counted = counted;
  }

  /** The session in which this client counts, and how far it has come. */
  get count() {
    return { session: `count-${this.#name}`, value: this.#counted };
  }

  /**
   * Begins a cell and follows it to its end, or leaves it.
   * @param {string} key
   * @param {number} number
   * @param {{ readonly kind?: string, readonly isLeft?: boolean }} [options]
   * @returns {Promise<Told>}
   */
  async run(key, number, { kind = kindOf(number), isLeft } = {}) {
    const session = kind === "count" ? this.count.session : `s${number % sessions}`;
    const leaves = kind !== "count" && (isLeft ?? (kind === "sleep" || number % leftAlone === 0));
    const source = sourceOf(kind, key, (bound) => this.#cluster.random.below(bound));
    const body = {
      source,
      requestId: key,
      yieldAfterMs: leaves ? 0 : 2000,
      ...(kind === "ask" && { yieldOnApproval: true }),
    };
    const way = waysOf(session).cells;
    const [outcome, again] = await Promise.all([
      this.#cluster.ask(way, body),
      ...(number % askedTwice === 0 ? [this.#cluster.ask(way, { ...body, yieldAfterMs: 0 })] : []),
    ]);
    if (again !== undefined) {
      count("requests that were sent twice");
      if (again.cellId !== outcome.cellId) fault(`${key} became two cells`);
      await take(this.#cluster, { key, output: [] }, again);
    }
    /** @type {Told} */
    const told = { kind, key, session, cellId: outcome.cellId, output: [], isLeft: leaves };
    await take(this.#cluster, told, outcome);
    if (outcome.status === "yielded" && !leaves) await follow(this.#cluster, told);
    if (kind === "count") {
      this.#counted += 1;
      if (told.output[1] !== `count ${this.#counted}`) {
        fault(
          `${key} must find what ${this.#counted - 1} cells have stored, and has told ${JSON.stringify(told.output)}`,
        );
      }
    }
    return told;
  }
}

/**
 * Waits for the end of a cell.
 * @param {import("./cluster.mjs").Cluster} cluster
 * @param {Told} told
 */
export async function follow(cluster, told) {
  for (;;) {
    const body = { after: told.output.length, yieldAfterMs: 2000 };
    const outcome = await cluster.ask(waysOf(told.session).wait(told.cellId), body);
    await take(cluster, told, outcome);
    if (outcome.status !== "yielded") return;
  }
}

export function waysOf(/** @type {string} */ session) {
  const cells = `/v1/sessions/${session}/cells`;
  return {
    cells,
    wait: (/** @type {string} */ cellId) => `${cells}/${cellId}/wait`,
    values: `/v1/sessions/${session}/values`,
  };
}

/**
 * Adds what is new, which must go on where the client is.
 * @param {import("./cluster.mjs").Cluster} cluster
 * @param {Pick<Told, "key" | "output">} told
 * @param {any} outcome
 */
async function take(cluster, { key, output }, outcome) {
  const { status, cellId, cursor } = outcome;
  if (status !== "yielded" && status !== "completed") {
    fault(`${key} was lost: ${JSON.stringify(outcome)}\n${await cluster.recordsOf(cellId)}`);
  }
  const from = cursor - outcome.output.length;
  if (from !== output.length) {
    const records = await cluster.recordsOf(cellId);
    fault(`${key}: its client has ${output.length}, and is told from ${from}\n${records}`);
  }
  output.push(...outcome.output.map((/** @type {any} */ item) => item.text));
}
