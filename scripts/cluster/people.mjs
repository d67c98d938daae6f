// People who decide about calls, two of them at a time, at any server. The first decision must hold.
import { setTimeout as pause } from "node:timers/promises";
import { count, fault } from "./report.mjs";

/** Milliseconds for which a person lets the questions lie that are for later: then their cells are parked. */
const laterMs = 70_000;

export class People {
  /** By the question: the decision that somebody was told. @type {Map<string, { order: string, decision: any }>} */
  #told = new Map();
  #cluster;
  #isLate;
  #isOver = false;
  /** Rejects where something goes wrong. @type {Promise<unknown>} */
  work;

  /**
   * @param {import("./cluster.mjs").Cluster} cluster
   * @param {{ readonly isLate?: boolean }} [options] - Some questions are only answered after their cells were parked.
   */
  constructor(cluster, { isLate = false } = {}) {
    this.#cluster = cluster;
    this.#isLate = isLate;
    this.work = Promise.all([this.#decideAll(0), this.#decideAll(1)]);
    // Who waits for them is told.
    this.work.catch(() => {});
  }

  /** By the order: the decision that holds. */
  get decisions() {
    return new Map([...this.#told.values()].map(({ order, decision }) => [order, decision]));
  }

  /** @throws What went wrong. */
  async stop() {
    this.#isOver = true;
    await this.work;
  }

  /** @param {number} person */
  async #decideAll(person) {
    const done = new Set();
    while (!this.#isOver) {
      const { approvals } = await this.#cluster.ask("/v1/approvals");
      for (const approval of approvals) {
        const { approvalId, askedAt, input } = approval;
        const isForLater = this.#isLate && numberOf(input.order) % 20 === 9;
        if (done.has(approvalId) || (isForLater && Date.now() - askedAt < laterMs)) continue;
        if (isForLater) count("decisions after more than a minute");
        done.add(approvalId);
        await this.#decide(person, approval);
      }
      await pause(300 + this.#cluster.random.below(400));
    }
  }

  /**
   * @param {number} person
   * @param {any} approval
   */
  async #decide(person, { approvalId, cellId, input }) {
    const body = decisionOf(person, input);
    const times = this.#cluster.random.below(3) === 0 ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const { status, decision } = await this.#cluster.ask(`/v1/approvals/${approvalId}`, body);
      count(`decisions: ${status}`);
      const known = this.#told.get(approvalId)?.decision;
      if (decision === undefined || (time > 0 && status !== "alreadyDecided")) {
        const records = await this.#cluster.recordsOf(cellId);
        fault(`${approvalId} was decided, and is said to be ${status}\n${records}`);
      }
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(decision)) {
        fault(`${approvalId} was decided twice: ${JSON.stringify([known, decision])}`);
      }
      this.#told.set(approvalId, { order: input.order, decision });
    }
  }
}

/** What a person says: not all agree. @param {number} person @param {any} input */
function decisionOf(person, input) {
  const turn = numberOf(input.order) % 5;
  const denied = { verdict: "deny", note: `person ${person} says no` };
  if (turn === 0) return denied;
  if (turn === 1) return { verdict: "approve", input: { ...input, amount: 5 } };
  if (turn === 2) return person === 0 ? denied : { verdict: "approve" };
  return { verdict: "approve" };
}

/** From the number of the cell that asks: of five in a row one asks. */
function numberOf(/** @type {string} */ order) {
  const digits = /(\d+)\/\d+$/.exec(order)?.[1] ?? "0";
  return Math.floor(Number(digits) / 5);
}
