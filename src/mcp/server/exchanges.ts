import { randomUUID } from "node:crypto";
import type { InputRequiredResult } from "@modelcontextprotocol/server";
import type { AskQueue } from "./ask-queue.js";
import { type Caller, isModern, onAbort } from "./caller.js";
import { loadServerSdk } from "./server-sdk.js";

/** What is done for a request. */
export interface Work<Result> {
  readonly result: Promise<Result>;
  /** What the client is to be asked meanwhile. */
  readonly asks: AskQueue;
  /** Tells the request of the work's doings until disposed. */
  attach?(caller: Caller): Disposable;
  /** The client wants no result. */
  abort(reason: Error): void;
}

interface Parked {
  readonly work: Work<unknown>;
  readonly expiry: NodeJS.Timeout;
}

/** Milliseconds a client has to come back with what it was asked: a person may have to answer. */
const parkedMs = 10 * 60_000;

/**
 * Requests that may have to ask their client something before they can be answered. A client until
 * 2025-11-25 is asked in a request to it. Since 2026-07-28 the question is an answer, and the
 * client comes back with the same request: meanwhile what is done for it continues here, and is not
 * begun again.
 */
export class Exchanges {
  readonly #parked = new Map<string, Parked>();

  /** @param begin - Begins the work; not called for a request that comes back. */
  async serve<Result>(
    caller: Caller,
    begin: () => Work<Result>,
  ): Promise<Result | InputRequiredResult> {
    if (!isModern(caller)) return this.#run(caller, begin());
    const work = (await this.#resume<Result>(caller)) ?? begin();
    using _attached = work.attach?.(caller);
    using _cancelling = onAbort(caller, () => work.abort(cancelled()));
    const answer = await Promise.race([
      work.result.then((result) => ({ result })),
      work.asks.waiting(),
    ]);
    return answer?.result ?? this.#park(work);
  }

  async #run<Result>(caller: Caller, work: Work<Result>): Promise<Result> {
    using _attached = work.attach?.(caller);
    using _cancelling = onAbort(caller, () => work.abort(cancelled()));
    return await work.result;
  }

  #park(work: Work<unknown>): InputRequiredResult {
    const requestState = randomUUID();
    // It may fail while no request waits for it.
    work.result.catch(() => undefined);
    const expiry = setTimeout(() => {
      this.#parked.delete(requestState);
      const reason = new Error("the client did not send the answer that it was asked for");
      work.asks.giveUp(reason);
      work.abort(reason);
    }, parkedMs);
    expiry.unref();
    this.#parked.set(requestState, { work, expiry });
    const inputRequests = work.asks.take() as NonNullable<InputRequiredResult["inputRequests"]>;
    return { resultType: "input_required", inputRequests, requestState };
  }

  async #resume<Result>({ context }: Caller): Promise<Work<Result> | undefined> {
    const { mcpReq } = context;
    const state = mcpReq.requestState<string>();
    if (state === undefined) return undefined;
    const parked = this.#parked.get(state);
    if (parked === undefined) {
      const { ProtocolError, ProtocolErrorCode } = await loadServerSdk();
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        "The program of this request has ended. Send the request again without requestState.",
      );
    }
    this.#parked.delete(state);
    clearTimeout(parked.expiry);
    parked.work.asks.answer(mcpReq.inputResponses ?? {});
    return parked.work as Work<Result>;
  }
}

function cancelled(): Error {
  return new Error("the request was cancelled");
}
