import { UsageError } from "../usage-error.js";

/** Where clients are served. */
export type ListenAddress = "stdio" | HttpAddress;

export interface HttpAddress {
  /** A name or a number; an IPv6 one without brackets. */
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly path: string;
}

const defaultPath = "/mcp";
const expected = 'It is "stdio" or an address such as http://127.0.0.1:3333.';

/** @throws {UsageError} */
export function readListenAddress(value: string): ListenAddress {
  if (value === "stdio") return "stdio";
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || url.hostname === "") throw new UsageError(expected);
  if (url.protocol !== "http:") {
    throw new UsageError(`${expected} For HTTPS, put a proxy in front.`);
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") throw new UsageError(expected);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 80 : Number(url.port),
    path: url.pathname === "/" ? defaultPath : url.pathname,
  };
}

/** Whether only this machine can connect. */
export function isLoopback({ host }: HttpAddress): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
