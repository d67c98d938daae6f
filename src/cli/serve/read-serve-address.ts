import { UsageError } from "../usage-error.js";
import type { ServeAddress } from "./serve-options.js";

/** @throws {UsageError} */
export function readServeAddress(value: string): ServeAddress {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new UsageError(
      "It is HOST:PORT, such as 127.0.0.1:8080, or [::1]:8080; port 0 takes a free one.",
    );
  }
  return { host, port: Number(port) };
}
