import { isLoopback } from "../gateway/listen-address.js";
import { UsageError } from "../usage-error.js";

/** Where `codecell host` serves, and in which wire. */
export type HostAddress =
  | { readonly wire: "framed" | "grpc"; readonly at: "stdio" }
  | { readonly wire: "grpc"; readonly at: { readonly host: string; readonly port: number } };

const expected =
  'It is "stdio://", "grpc+stdio://", or grpc://IP:PORT with an address of this machine alone, such as grpc://127.0.0.1:0.';

/** @throws {UsageError} */
export function readHostAddress(value: string): HostAddress {
  if (value === "stdio" || value === "stdio://") return { wire: "framed", at: "stdio" };
  if (value === "grpc+stdio://" || value === "grpc+stdio") return { wire: "grpc", at: "stdio" };
  const [, address] = /^(?:grpc|http):\/\/([^/?#@]+)\/?$/.exec(value) ?? [];
  // Of a scheme that URL does not know it would keep the port that HTTP leaves out.
  const url = address === undefined ? undefined : `http://${address}`;
  if (url === undefined || !URL.canParse(url)) throw new UsageError(expected);
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const number = port === "" ? 80 : Number(port);
  // The wire knows no secret: whoever reaches the port can run programs.
  if (!isLoopback({ host, port: number, path: "" })) throw new UsageError(expected);
  return { wire: "grpc", at: { host, port: number } };
}
