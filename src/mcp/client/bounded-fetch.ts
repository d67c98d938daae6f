import { JsonScan } from "../../base/json-scan.js";
import { carriageReturn, lineFeed } from "../../base/json-units.js";
import { readLargeMessage } from "./large-message.js";
import { maxMessageBytes, maxMessageValues, tooManyValues } from "./message-limits.js";

/** `fetch`, in whose answers messages that are too large to be parsed are replaced. */
export async function boundedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.body === null) return response;
  const isStream = response.headers.get("content-type")?.includes("text/event-stream") === true;
  const messages = new BoundedMessages();
  const split = isStream ? new EventEnds() : undefined;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        let start = 0;
        for (const end of split?.in(chunk) ?? []) {
          messages.push(chunk.subarray(start, end));
          start = end;
          controller.enqueue(messages.take("\n\n"));
        }
        messages.push(chunk.subarray(start));
      },
      flush(controller) {
        controller.enqueue(messages.take(""));
      },
    }),
  );
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  // The replaced one is shorter.
  headers.delete("content-length");
  return new Response(body, { status, statusText, headers });
}

/** The bytes of one message after another. */
class BoundedMessages {
  readonly #scan = new JsonScan(maxMessageValues);
  #parts: Uint8Array[] = [];

  /** @throws {Error} where the message is longer than any may be. */
  push(part: Uint8Array): void {
    this.#parts.push(part);
    this.#scan.push(part);
    if (this.#scan.bytes <= maxMessageBytes) return;
    throw new Error(`the server's answer is longer than ${maxMessageBytes} bytes`);
  }

  /**
   * The message as it came, or what stands for it.
   *
   * @param end - What ends a message that stands for another.
   * @throws {Error} where it is too large, and nothing can stand for it.
   */
  take(end: string): Uint8Array {
    const bytes = Buffer.concat(this.#parts);
    const isLarge = this.#scan.values > maxMessageValues;
    const message = isLarge ? readLargeMessage(bytes, this.#scan) : undefined;
    this.#parts = [];
    this.#scan.reset();
    if (!isLarge) return bytes;
    if (message === undefined) throw new Error(tooManyValues);
    const fields = bytes.subarray(0, bytes.indexOf("{")).toString();
    return Buffer.from(`${fields}${JSON.stringify(message)}${end}`);
  }
}

/** Finds where the events of a stream end: at an empty line. */
class EventEnds {
  #isLineEmpty = false;
  #last = 0;

  in(chunk: Uint8Array): readonly number[] {
    const ends: number[] = [];
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i] as number;
      const endsLine =
        byte === carriageReturn || (byte === lineFeed && this.#last !== carriageReturn);
      if (endsLine && this.#isLineEmpty) ends.push(i + 1);
      if (endsLine) this.#isLineEmpty = true;
      else if (byte !== lineFeed) this.#isLineEmpty = false;
      this.#last = byte;
    }
    return ends;
  }
}
