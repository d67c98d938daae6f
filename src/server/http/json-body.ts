import type { IncomingMessage } from "node:http";
import { JsonScan } from "../../base/json-scan.js";
import { ServiceError } from "../service-error.js";

/** Bytes of one body. */
export const maxBodyBytes: number = 8 * 1024 * 1024;
/** Bytes of all bodies that come in. */
const maxBytesInAll = 256 * 1024 * 1024;
/** Values, keys included. */
const maxValues = 20_000;

/** Reads the bodies of requests, which together take no more memory than a bound. */
export class JsonBodies {
  #bytes = 0;

  /** @throws {ServiceError} ERR_BODY; ERR_QUOTA while too many others come in. */
  async read(incoming: IncomingMessage): Promise<unknown> {
    const length = Number(incoming.headers["content-length"] ?? 0);
    if (length > maxBodyBytes) throw tooLarge(`The body is longer than ${maxBodyBytes} bytes.`);
    const scan = new JsonScan();
    const parts: Buffer[] = [];
    try {
      for await (const part of incoming.iterator({ destroyOnReturn: false })) {
        const bytes = part as Buffer;
        scan.push(bytes);
        parts.push(bytes);
        this.#bytes += bytes.byteLength;
        this.#check(scan);
      }
      return parse(Buffer.concat(parts));
    } finally {
      for (const part of parts) this.#bytes -= part.byteLength;
    }
  }

  #check(scan: JsonScan): void {
    if (scan.bytes > maxBodyBytes) throw tooLarge(`The body is longer than ${maxBodyBytes} bytes.`);
    if (scan.values > maxValues) {
      throw tooLarge(`The body is made of more than ${maxValues} values, keys included.`);
    }
    if (this.#bytes > maxBytesInAll) {
      throw new ServiceError("ERR_QUOTA", "Too many large requests come in; try again.", {
        retryAfterMs: 1000,
      });
    }
  }
}

function parse(bytes: Buffer): unknown {
  if (bytes.byteLength === 0) return {};
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ServiceError("ERR_BODY", "The body is not UTF-8.");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServiceError("ERR_BODY", `The body is not JSON: ${why}`);
  }
}

function tooLarge(message: string): ServiceError {
  return new ServiceError("ERR_BODY", message, { status: 413 });
}
