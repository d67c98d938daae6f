import { hasManyValues } from "../../base/json-values.js";
import type { BackendEvent, BackendSettled, BackendSetup } from "../../protocol/cell-backend.js";
import type { OutputItem } from "../../protocol/outcome.js";
import { BadFrame } from "../wire/frame-reader.js";
import { jsonIsDeeper } from "./json-depth.js";

/** Bytes that the longest frame may have besides the texts that a limit holds. */
const slackBytes = 32 * 1024 * 1024;

/**
 * Holds what a cell's process says to the order and to the limits that its cell has: where they hold
 * the cell is in its own process, which may have been taken over.
 */
export class CellCheck {
  readonly #setup: BackendSetup;
  /** The longest frame that may come. */
  readonly maxFrameBytes: number;
  #hasStarted = false;
  #outputLength = 0;
  #items = 0;
  #notifications = 0;
  #calls = 0;
  readonly #openCalls = new Set<number>();
  readonly #isDeterministic: boolean;
  /** Of a deterministic cell. */
  readonly #timers = new Set<number>();

  constructor(setup: BackendSetup, isDeterministic = false) {
    this.#setup = setup;
    this.#isDeterministic = isDeterministic;
    const { outputBytes, storedBytes, storedKeys, toolInputBytes } = setup.limits;
    const texts = Math.max(outputBytes, toolInputBytes, storedBytes + storedKeys * 8);
    this.maxFrameBytes = Math.min(2 ** 32 - 1, texts + slackBytes);
  }

  /**
   * @param isAskedToStop - Whether the cell was asked to stop.
   * @throws {BadFrame} If no cell with this setup says so now.
   */
  check(event: BackendEvent, isAskedToStop: boolean): void {
    if (event.type === "started") {
      hold(!this.#hasStarted, "a cell starts once");
      this.#hasStarted = true;
      return;
    }
    hold(this.#hasStarted || event.type === "settled", `${event.type} comes before the start`);
    this.#checkFields(event, isAskedToStop);
  }

  /** A call has been answered. */
  answered(callId: number): void {
    this.#openCalls.delete(callId);
  }

  /** A timer has been fired; an interval is set again. */
  fired(timer: number): void {
    this.#timers.delete(timer);
  }

  #checkFields(event: BackendEvent, isAskedToStop: boolean): void {
    const { limits } = this.#setup;
    switch (event.type) {
      case "output":
        this.#checkItem(event.item);
        break;
      case "log":
        hold(this.#setup.console !== "off", "there is no console");
        this.#takeItem(event.log.text);
        break;
      case "notify":
        this.#notifications += 1;
        hold(this.#notifications <= limits.notifications, "too many notifications");
        this.#takeOutput(event.text);
        break;
      case "toolCall":
        this.#takeCall(event.callId, event.json);
        hold(event.tool < this.#setup.tools.length, "there is no such tool");
        this.#checkJson(event.json);
        break;
      case "toolSearch":
        this.#takeCall(event.callId, event.query);
        break;
      case "toolLookup":
        this.#takeCall(event.callId, event.name);
        break;
      case "timerSet":
        hold(this.#isDeterministic, "its timers are its own");
        this.#timers.add(event.timer);
        hold(this.#timers.size <= limits.timers, "too many timers");
        break;
      case "timerCleared":
        this.#timers.delete(event.timer);
        break;
      case "waiting":
        hold(this.#isDeterministic, "it tells when it waits");
        break;
      case "settled":
        this.#checkEnd(event.settled, isAskedToStop);
        break;
      default:
    }
  }

  #checkItem(item: OutputItem): void {
    if (item.type === "text") {
      this.#takeItem(item.text);
      return;
    }
    const url = item.type === "image" ? item.imageUrl : item.audioUrl;
    const isRemote = item.type === "image" && this.#setup.remoteImages && /^https?:/i.test(url);
    hold(isRemote || /^data:/i.test(url), "an item has another URL than it may have");
    this.#takeItem(url);
  }

  #takeItem(text: string): void {
    this.#items += 1;
    hold(this.#items <= this.#setup.limits.outputItems, "too many items");
    this.#takeOutput(text);
  }

  /** A text counts with a byte or two for each unit; the length alone is quickly known. */
  #takeOutput(text: string): void {
    this.#outputLength += text.length;
    hold(this.#outputLength <= this.#setup.limits.outputBytes, "too much output");
  }

  #takeCall(callId: number, input: string): void {
    const { toolCalls, toolCallsInFlight, toolInputBytes } = this.#setup.limits;
    this.#calls += 1;
    hold(this.#calls <= toolCalls, "too many calls");
    hold(!this.#openCalls.has(callId), "two open calls have one id");
    this.#openCalls.add(callId);
    hold(this.#openCalls.size <= toolCallsInFlight, "too many calls at once");
    hold(input.length <= toolInputBytes, "the input of a call is too long");
  }

  #checkEnd({ status, error, writes }: BackendSettled, isAskedToStop: boolean): void {
    hold((error !== undefined) === (status === "failed"), "an error belongs to a failure");
    hold(status !== "terminated" || isAskedToStop, "the cell was not asked to stop");
    const { storedBytes, storedKeys } = this.#setup.limits;
    hold(writes.length / 2 <= storedKeys, "too many stored values");
    let length = 0;
    for (let i = 0; i < writes.length; i += 2) {
      const [key = "", json = ""] = [writes[i], writes[i + 1]];
      length += key.length + json.length;
      hold(length <= storedBytes, "the stored values are too long");
      this.#checkJson(json);
    }
  }

  #checkJson(json: string): void {
    const { jsonDepth, jsonValues } = this.#setup.limits;
    // The cell counts a little differently. Twice as many are converted within a bounded time too.
    hold(!hasManyValues(json, jsonValues * 2), "a value has too many values inside");
    hold(!jsonIsDeeper(json, jsonDepth * 2), "a value is nested too deep");
    try {
      JSON.parse(json);
    } catch {
      throw new BadFrame("a value is no JSON");
    }
  }
}

function hold(holds: boolean, fault: string): void {
  if (!holds) throw new BadFrame(fault);
}
