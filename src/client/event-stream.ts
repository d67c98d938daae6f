import { answerError } from "./server-error.js";

/** One event of a stream of server-sent events. */
export interface ServerEvent {
  /** `message` where the server names none. */
  readonly name: string;
  readonly data: string;
}

/** Reads the text of a stream of server-sent events, in whatever pieces it comes. */
export class EventStream {
  readonly #maxLength: number;
  #line = "";
  #endedInReturn = false;
  #name = "";
  #data: string | undefined;

  /** @param maxLength - UTF-16 units that a line, or the data of an event, may have. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /**
   * @param text - The next piece.
   * @returns The events that it completes.
   * @throws {CodeModeError} ERR_SERVER_ANSWER if a line or an event is too long.
   */
  read(text: string): readonly ServerEvent[] {
    const events: ServerEvent[] = [];
    // The other half of a line's end whose first half has ended the last piece.
    let from = this.#endedInReturn && text.startsWith("\n") ? 1 : 0;
    if (text !== "") this.#endedInReturn = text.endsWith("\r");
    const ends = /\r\n|\n|\r/g;
    ends.lastIndex = from;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      this.#grow(text.slice(from, end.index));
      from = ends.lastIndex;
      const line = this.#line;
      this.#line = "";
      const event = this.#readLine(line);
      if (event !== undefined) events.push(event);
    }
    this.#grow(text.slice(from));
    return events;
  }

  #grow(more: string): void {
    this.#line += more;
    this.#check(this.#line.length);
  }

  #readLine(line: string): ServerEvent | undefined {
    if (line === "") return this.#complete();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    if (field === "data") {
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      this.#check(this.#data.length);
    }
    return undefined;
  }

  #complete(): ServerEvent | undefined {
    const [name, data] = [this.#name, this.#data];
    this.#name = "";
    this.#data = undefined;
    return data === undefined ? undefined : { name: name === "" ? "message" : name, data };
  }

  #check(length: number): void {
    if (length <= this.#maxLength) return;
    throw answerError(
      `sends an event of more than ${this.#maxLength} characters (maxAnswerBytes of connectCodeMode)`,
    );
  }
}
