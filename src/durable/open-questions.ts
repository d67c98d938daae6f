import { invalidOption } from "../base/option-checks.js";
import type { DecideOutcome, Decision, KeptDecision } from "../protocol/approvals.js";
import { decisionBody, readDecision } from "./decisions.js";
import type { DurableStore } from "./store.js";

/** Milliseconds after which the store is asked again whether another process has decided. */
const pollMs = 500;

/** Where a decision is asked for, and for how long. */
export interface AskOptions {
  /** An earlier process has asked it, so that the store may have the decision already. */
  readonly isRepeated: boolean;
  /** Asks here; undefined leaves the decision to others. */
  readonly answer: (signal: AbortSignal) => Promise<Decision | undefined>;
  readonly signal: AbortSignal;
}

interface OpenQuestion {
  settle(decision: KeptDecision): void;
  fail(thrown: unknown): void;
}

/** The questions of a runtime's cells that have no answer. It looks in the store for decisions of other processes. */
export class OpenQuestions {
  readonly #store: DurableStore;
  readonly #open = new Map<string, OpenQuestion>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: DurableStore) {
    this.#store = store;
  }

  /**
   * Resolves with the first decision about a question.
   *
   * @throws The signal's reason when it is aborted; what `answer` threw; what is wrong with a stored decision.
   */
  async first(
    approvalId: string,
    { isRepeated, answer, signal }: AskOptions,
  ): Promise<KeptDecision> {
    if (isRepeated) {
      const decision = await this.#known(approvalId);
      if (decision !== undefined) return decision;
    }
    signal.throwIfAborted();
    const over = new AbortController();
    const onAbort = (): void => this.#open.get(approvalId)?.fail(signal.reason);
    try {
      return await new Promise<KeptDecision>((settle, fail) => {
        this.#open.set(approvalId, { settle, fail });
        signal.addEventListener("abort", onAbort, { once: true });
        this.#poll();
        answer(over.signal)
          .then(async (decision) => {
            if (decision === undefined || signal.aborted || !this.#open.has(approvalId)) return;
            const outcome = await this.decide(approvalId, decision);
            if (!("decision" in outcome)) throw new Error("The cell has ended.");
          })
          .catch(fail);
      });
    } finally {
      this.#open.delete(approvalId);
      signal.removeEventListener("abort", onAbort);
      over.abort(signal.reason);
      this.#poll();
    }
  }

  /**
   * Answers a question that has no answer. If a cell of this runtime waits for it, that cell goes on.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION; ERR_STORE_UNAVAILABLE.
   */
  async decide(approvalId: string, decision: Decision): Promise<DecideOutcome> {
    const at = Date.now();
    const body = decisionBody(decision);
    if (body === undefined) throw invalidOption("input", "a JSON value", decision.input);
    const result = await this.#store.decide(approvalId, { at, body });
    if (result.type === "ended" || result.type === "missing") return { status: result.type };
    const kept = readDecision(result.type === "decided" ? { at, body } : result.decision);
    this.#open.get(approvalId)?.settle(kept);
    return { status: result.type, decision: kept };
  }

  /** Looks in the store at once whether another process has decided. */
  async look(approvalId: string): Promise<void> {
    if (this.#open.has(approvalId)) await this.#lookAt([approvalId]);
  }

  /** A store that cannot be reached has not denied the call: it is asked again. */
  async #known(approvalId: string): Promise<KeptDecision | undefined> {
    try {
      return (await this.#lookUp([approvalId])).get(approvalId);
    } catch (thrown) {
      if (isDamage(thrown)) throw thrown;
      return undefined;
    }
  }

  async #lookUp(approvalIds: readonly string[]): Promise<ReadonlyMap<string, KeptDecision>> {
    const found = await this.#store.approvals({ approvalIds });
    return new Map(
      found.flatMap(({ approvalId, decision }) =>
        decision === undefined ? [] : [[approvalId, readDecision(decision)] as const],
      ),
    );
  }

  /** Keeps the process alive, as a cell does that runs. */
  #poll(): void {
    if (this.#open.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setTimeout(() => void this.#look(), pollMs);
  }

  async #look(): Promise<void> {
    try {
      await this.#lookAt([...this.#open.keys()]);
    } catch (thrown) {
      // What is wrong with the store is told to who writes to it.
      if (isDamage(thrown)) await this.#lookAtEach();
    } finally {
      this.#timer = undefined;
      this.#poll();
    }
  }

  async #lookAt(approvalIds: readonly string[]): Promise<void> {
    const decided = await this.#lookUp(approvalIds);
    for (const [approvalId, decision] of decided) this.#open.get(approvalId)?.settle(decision);
  }

  /** One of them cannot be read: it fails, and the others do not wait for it. */
  async #lookAtEach(): Promise<void> {
    for (const approvalId of [...this.#open.keys()]) {
      try {
        await this.#lookAt([approvalId]);
      } catch (thrown) {
        if (isDamage(thrown)) this.#open.get(approvalId)?.fail(thrown);
      }
    }
  }
}

function isDamage(thrown: unknown): boolean {
  const { code } = thrown as { readonly code?: unknown };
  return code === "ERR_INVALID_JOURNAL" || code === "ERR_STORE_KEY";
}
