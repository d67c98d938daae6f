import { defineConstants, defineInterface, requireArguments, toOptions } from "./interface.js";

const phases = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 } as const;

interface EventInit {
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
}

/** What an event's target changes of the event while it is dispatched. */
export interface Dispatch {
  type: string;
  target: object | null;
  isDispatched: boolean;
  isTrusted: boolean;
  isStopped: boolean;
  isStoppedAtOnce: boolean;
  isCanceled: boolean;
  /** A listener runs that has promised not to cancel the event. */
  isPassive: boolean;
}

let dispatchIn: (event: object) => Dispatch | undefined;

export class Event {
  readonly #dispatch: Dispatch;
  #bubbles: boolean;
  #cancelable: boolean;
  readonly #composed: boolean;
  readonly #timeStamp = native.now();

  static {
    dispatchIn = (event) => (#dispatch in event ? event.#dispatch : undefined);
  }

  constructor(type: unknown, init?: unknown) {
    requireArguments("Event", arguments.length, 1);
    const { bubbles, cancelable, composed } = toOptions<EventInit>("Event", init);
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
    this.#composed = Boolean(composed);
    this.#dispatch = {
      type: String(type),
      target: null,
      isDispatched: false,
      isTrusted: false,
      isStopped: false,
      isStoppedAtOnce: false,
      isCanceled: false,
      isPassive: false,
    };
    Object.defineProperty(this, "isTrusted", { get: isTrusted, enumerable: true });
  }

  get type(): string {
    return this.#dispatch.type;
  }

  get target(): object | null {
    return this.#dispatch.target;
  }

  get srcElement(): object | null {
    return this.#dispatch.target;
  }

  get currentTarget(): object | null {
    return this.#dispatch.isDispatched ? this.#dispatch.target : null;
  }

  composedPath(): readonly object[] {
    const { isDispatched, target } = this.#dispatch;
    return isDispatched && target !== null ? [target] : [];
  }

  get eventPhase(): number {
    return this.#dispatch.isDispatched ? phases.AT_TARGET : phases.NONE;
  }

  stopPropagation(): void {
    this.#dispatch.isStopped = true;
  }

  get cancelBubble(): boolean {
    return this.#dispatch.isStopped;
  }

  set cancelBubble(stop: unknown) {
    if (stop) this.#dispatch.isStopped = true;
  }

  stopImmediatePropagation(): void {
    this.#dispatch.isStopped = true;
    this.#dispatch.isStoppedAtOnce = true;
  }

  get bubbles(): boolean {
    return this.#bubbles;
  }

  get cancelable(): boolean {
    return this.#cancelable;
  }

  get returnValue(): boolean {
    return !this.#dispatch.isCanceled;
  }

  set returnValue(goesOn: unknown) {
    if (!goesOn) this.preventDefault();
  }

  preventDefault(): void {
    if (this.#cancelable && !this.#dispatch.isPassive) this.#dispatch.isCanceled = true;
  }

  get defaultPrevented(): boolean {
    return this.#dispatch.isCanceled;
  }

  get composed(): boolean {
    return this.#composed;
  }

  get timeStamp(): number {
    return this.#timeStamp;
  }

  initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
    requireArguments("initEvent", arguments.length, 1);
    const dispatch = this.#dispatch;
    if (dispatch.isDispatched) return;
    dispatch.type = String(type);
    dispatch.target = null;
    dispatch.isTrusted = false;
    dispatch.isStopped = false;
    dispatch.isStoppedAtOnce = false;
    dispatch.isCanceled = false;
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
  }
}

export class CustomEvent extends Event {
  #detail: unknown;

  constructor(type: unknown, init?: unknown) {
    requireArguments("CustomEvent", arguments.length, 1);
    super(type, init);
    this.#detail = toOptions<{ readonly detail: unknown }>("CustomEvent", init).detail ?? null;
  }

  get detail(): unknown {
    return this.#detail;
  }

  initCustomEvent(
    type: unknown,
    bubbles: unknown = false,
    cancelable: unknown = false,
    detail: unknown = null,
  ): void {
    requireArguments("initCustomEvent", arguments.length, 1);
    if (this.currentTarget !== null) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}

/**
 * The state of an event that is to be dispatched.
 *
 * @throws {TypeError} It is not an event.
 */
export function dispatchOf(event: unknown): Dispatch {
  const isObject = typeof event === "object" && event !== null;
  const dispatch = isObject ? dispatchIn(event) : undefined;
  if (dispatch === undefined) throw new TypeError("dispatchEvent takes an Event");
  return dispatch;
}

function isTrusted(this: unknown): boolean {
  return dispatchOf(this).isTrusted;
}

for (const made of [Event, CustomEvent]) defineInterface(made);
defineConstants(Event, phases);
