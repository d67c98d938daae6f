import { describeThrown } from "../base/describe-value.js";
import { warn } from "../base/warn.js";
import type { CellEvent } from "../protocol/events.js";
import type { CellSessionExecOptions } from "./cell-session.js";
import type { ServerEvent } from "./event-stream.js";
import { parseJson, readCellEvent } from "./read-answers.js";
import { isObject } from "./server-error.js";

/** Gives the handlers of an exec what comes of its cell. */
export class CellListener {
  readonly #sessionId: string;
  readonly #options: CellSessionExecOptions;
  readonly #onCellId: (cellId: string) => void;
  #cellId: string | undefined;

  constructor(
    sessionId: string,
    options: CellSessionExecOptions,
    onCellId: (cellId: string) => void,
  ) {
    this.#sessionId = sessionId;
    this.#options = options;
    this.#onCellId = onCellId;
  }

  read({ name, data }: ServerEvent): void {
    if (name !== "accepted" && name !== "cell") return;
    const value = parseJson(data);
    if (isObject(value) && typeof value["cellId"] === "string") this.hasCell(value["cellId"]);
    const event = name === "cell" ? readCellEvent(value, this.#sessionId) : undefined;
    if (event !== undefined) this.#tell(event);
  }

  hasCell(cellId: string): void {
    if (this.#cellId !== undefined) return;
    this.#cellId = cellId;
    call("onCellId", this.#options.onCellId, cellId);
    this.#onCellId(cellId);
  }

  #tell(event: CellEvent): void {
    const { onEvent, onNotify } = this.#options;
    call("onEvent", onEvent, event);
    if (event.type !== "notify") return;
    const { sessionId, cellId, text } = event;
    call("onNotify", onNotify, { sessionId, cellId, text });
  }
}

/** Calls a handler; if it throws or rejects, that becomes a warning. */
function call<Value>(
  name: string,
  handler: ((value: Value) => unknown) | undefined,
  value: Value,
): void {
  const tell = (thrown: unknown): void =>
    warn("CODECELL_EVENT_HANDLER", `The ${name} handler failed: ${describeThrown(thrown)}`);
  try {
    const returned = handler?.(value);
    if (returned instanceof Promise) returned.catch(tell);
  } catch (thrown) {
    tell(thrown);
  }
}
