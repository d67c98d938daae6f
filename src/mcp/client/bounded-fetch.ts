import { JsonScan } from "../../base/json-scan.js";
import { maxMessageBytes, maxMessageValues, tooManyValues } from "./message-limits.js";

/** `fetch`, whose answers break off where a message in them is too large to be parsed. */
export async function boundedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.body === null) return response;
  const isStream = response.headers.get("content-type")?.includes("text/event-stream") === true;
  const body = response.body.pipeThrough(boundOf(isStream));
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

/**
 * Lets bytes through until a message has had too many.
 *
 * @param isStream - An event stream has a message in each event, and an empty line ends it.
 */
function boundOf(isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  const scan = new JsonScan();
  const push = (part: Uint8Array): void => {
    scan.push(part);
    if (scan.values > maxMessageValues) throw new Error(tooManyValues);
    if (scan.bytes > maxMessageBytes) {
      throw new Error(`the server's answer is longer than ${maxMessageBytes} bytes`);
    }
  };
  return new TransformStream({
    transform(chunk, controller) {
      const end = isStream ? lastEventEnd(chunk) : 0;
      push(chunk.subarray(0, end));
      if (end > 0) scan.reset();
      push(chunk.subarray(end));
      controller.enqueue(chunk);
    },
  });
}

/** Where the last event that ends in these bytes does; 0 where none does. */
function lastEventEnd(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return Math.max(endOf(bytes, "\n\n"), endOf(bytes, "\r\n\r\n"), endOf(bytes, "\r\r"));
}

function endOf(bytes: Buffer, mark: string): number {
  const at = bytes.lastIndexOf(mark);
  return at === -1 ? 0 : at + mark.length;
}
