import { DOMException } from "./dom-exception.js";
import { Event } from "./event.js";
import { dispatchTrusted, EventTarget, setOnAbort } from "./event-target.js";
import { defineInterface, requireArguments } from "./interface.js";

/** What only this file may give the constructor of AbortSignal. */
const permission: unique symbol = Symbol("permission");

type Handler = ((this: AbortSignal, event: Event) => unknown) | null;

let abort: (signal: AbortSignal, reason: unknown) => void;

export class AbortSignal extends EventTarget {
  #isAborted = false;
  #reason: unknown;
  #handler: Handler = null;
  #hasListener = false;
  #reactions: (() => void)[] = [];
  /** The signals that this one was made of with `any`; empty for one of its own. */
  readonly #sources = new Set<AbortSignal>();
  readonly #dependents = new Set<AbortSignal>();

  static {
    abort = (signal, reason) => signal.#abort(reason);
    setOnAbort((given, react) => {
      if (!(#isAborted in given)) throw new TypeError("The signal is not an AbortSignal");
      if (given.#isAborted) return "aborted";
      given.#reactions.push(react);
      return "waiting";
    });
  }

  constructor(...given: readonly unknown[]) {
    if (given[0] !== permission) {
      throw new TypeError(
        "Illegal constructor: make an AbortSignal with new AbortController().signal, AbortSignal.timeout or AbortSignal.any",
      );
    }
    super();
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = newSignal();
    signal.#isAborted = true;
    signal.#reason = reason === undefined ? aborted() : reason;
    return signal;
  }

  static timeout(milliseconds: unknown): AbortSignal {
    requireArguments("AbortSignal.timeout", arguments.length, 1);
    const delay = Math.trunc(Number(milliseconds));
    if (!(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError("AbortSignal.timeout takes milliseconds, 0 or more");
    }
    const signal = newSignal();
    native.setBackgroundTimer(
      () =>
        signal.#abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
      delay,
    );
    return signal;
  }

  static any(signals: Iterable<unknown>): AbortSignal {
    requireArguments("AbortSignal.any", arguments.length, 1);
    const given = [...signals].map((signal) => {
      const isObject = typeof signal === "object" && signal !== null;
      if (isObject && #isAborted in signal) return signal;
      throw new TypeError("AbortSignal.any takes an iterable of AbortSignals");
    });
    const result = newSignal();
    const first = given.find((signal) => signal.#isAborted);
    if (first !== undefined) {
      result.#isAborted = true;
      result.#reason = first.#reason;
      return result;
    }
    for (const signal of given) {
      const sources = signal.#sources.size > 0 ? signal.#sources : [signal];
      for (const source of sources) {
        result.#sources.add(source);
        source.#dependents.add(result);
      }
    }
    return result;
  }

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  get onabort(): Handler {
    return this.#handler;
  }

  set onabort(handler: unknown) {
    const isHandler = typeof handler === "function" || typeof handler === "object";
    this.#handler = isHandler ? (handler as Handler) : null;
    if (this.#handler === null || this.#hasListener) return;
    this.#hasListener = true;
    this.addEventListener("abort", (event: Event) => {
      if (typeof this.#handler === "function") this.#handler(event);
    });
  }

  #abort(reason: unknown): void {
    if (this.#isAborted) return;
    const all = [this, ...[...this.#dependents].filter((signal) => !signal.#isAborted)];
    const why = reason === undefined ? aborted() : reason;
    // All have their state before any listener runs.
    for (const signal of all) {
      signal.#isAborted = true;
      signal.#reason = why;
    }
    for (const signal of all) signal.#tell();
  }

  #tell(): void {
    const reactions = this.#reactions;
    this.#reactions = [];
    for (const react of reactions) react();
    dispatchTrusted(this, new Event("abort"));
  }
}

export class AbortController {
  readonly #signal: AbortSignal = newSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }

  abort(reason?: unknown): void {
    abort(this.#signal, reason);
  }
}

for (const made of [AbortSignal, AbortController]) defineInterface(made);

function newSignal(): AbortSignal {
  return new AbortSignal(permission);
}

function aborted(): DOMException {
  return new DOMException("This operation was aborted", "AbortError");
}
