import { DOMException } from "./dom-exception.js";
import { type Dispatch, dispatchOf, type Event } from "./event.js";
import { defineInterface, requireArguments, toOptions } from "./interface.js";

interface Listener {
  readonly type: string;
  readonly callback: object;
  readonly isCapturing: boolean;
  readonly isOnce: boolean;
  readonly isPassive: boolean;
  isRemoved: boolean;
}

interface ListenerOptions {
  readonly capture: unknown;
  readonly once: unknown;
  readonly passive: unknown;
  readonly signal: unknown;
}

/** What AbortSignal gives to those that it tells without an event. */
export type OnAbort = (signal: object, react: () => void) => "aborted" | "waiting";
let onAbort: OnAbort;

/** AbortSignal is an EventTarget, and so knows more than this may import. */
export function setOnAbort(given: OnAbort): void {
  onAbort = given;
}

let dispatchTo: (target: EventTarget, event: Event, dispatch: Dispatch) => void;

export class EventTarget {
  // In the order in which they were added.
  #listeners: Listener[] = [];

  static {
    dispatchTo = (target, event, dispatch) => target.#dispatch(event, dispatch);
  }

  addEventListener(type: unknown, callback: unknown, options?: unknown): void {
    requireArguments("addEventListener", arguments.length, 2);
    const isObject = typeof options === "object" || typeof options === "function";
    const { capture, once, passive, signal } = isObject
      ? toOptions<ListenerOptions>("addEventListener", options)
      : { capture: options };
    const name = String(type);
    const isCapturing = Boolean(capture);
    if (signal !== undefined && (typeof signal !== "object" || signal === null)) {
      throw new TypeError("addEventListener takes an AbortSignal as signal");
    }
    if (!isCallback("addEventListener", callback)) return;
    const listener: Listener = {
      type: name,
      callback,
      isCapturing,
      isOnce: Boolean(once),
      isPassive: Boolean(passive),
      isRemoved: false,
    };
    if (signal !== undefined) {
      const state = onAbort(signal, () => this.#remove(listener));
      if (state === "aborted") return;
    }
    if (this.#find(name, callback, isCapturing) === undefined) this.#listeners.push(listener);
  }

  removeEventListener(type: unknown, callback: unknown, options?: unknown): void {
    requireArguments("removeEventListener", arguments.length, 2);
    const isObject = typeof options === "object" || typeof options === "function";
    const { capture } = isObject
      ? toOptions<ListenerOptions>("removeEventListener", options)
      : { capture: options };
    const name = String(type);
    if (!isCallback("removeEventListener", callback)) return;
    const found = this.#find(name, callback, Boolean(capture));
    if (found !== undefined) this.#remove(found);
  }

  dispatchEvent(event: unknown): boolean {
    requireArguments("dispatchEvent", arguments.length, 1);
    const dispatch = dispatchOf(event);
    if (dispatch.isDispatched) {
      throw new DOMException("The event is being dispatched already", "InvalidStateError");
    }
    dispatch.isTrusted = false;
    this.#dispatch(event as Event, dispatch);
    return !dispatch.isCanceled;
  }

  #dispatch(event: Event, dispatch: Dispatch): void {
    dispatch.target = this;
    dispatch.isDispatched = true;
    // What a listener adds is not called for this event.
    const listeners = this.#listeners.filter(({ type }) => type === dispatch.type);
    for (const isCapturing of [true, false]) {
      if (dispatch.isStopped) break;
      for (const listener of listeners) {
        if (dispatch.isStoppedAtOnce) break;
        if (listener.isCapturing !== isCapturing || listener.isRemoved) continue;
        if (listener.isOnce) this.#remove(listener);
        dispatch.isPassive = listener.isPassive;
        call(listener.callback, event, this);
        dispatch.isPassive = false;
      }
    }
    dispatch.isDispatched = false;
    dispatch.isStopped = false;
    dispatch.isStoppedAtOnce = false;
  }

  #find(name: string, wanted: object, isWantedCapturing: boolean): Listener | undefined {
    return this.#listeners.find(
      ({ type, callback, isCapturing }) =>
        type === name && callback === wanted && isCapturing === isWantedCapturing,
    );
  }

  #remove(listener: Listener): void {
    listener.isRemoved = true;
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }
}

/** Dispatches an event of the platform's. */
export function dispatchTrusted(target: EventTarget, event: Event): void {
  const dispatch = dispatchOf(event);
  dispatch.isTrusted = true;
  dispatchTo(target, event, dispatch);
}

defineInterface(EventTarget);

/** False: there is none, which the web allows. */
function isCallback(name: string, given: unknown): given is object {
  if (given === null || given === undefined) return false;
  if (typeof given === "function" || typeof given === "object") return true;
  throw new TypeError(`${name} takes a function, or an object with a method handleEvent`);
}

function call(callback: object, event: Event, target: object): void {
  try {
    if (typeof callback === "function") {
      Reflect.apply(callback, target, [event]);
      return;
    }
    const { handleEvent } = callback as { readonly handleEvent?: unknown };
    if (typeof handleEvent !== "function") {
      throw new TypeError("An event listener that is an object needs a method handleEvent");
    }
    Reflect.apply(handleEvent, callback, [event]);
  } catch (thrown) {
    native.report(thrown);
  }
}
