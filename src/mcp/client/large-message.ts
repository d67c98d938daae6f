import type { JSONRPCMessage } from "@modelcontextprotocol/client";
import type { JsonScan } from "../../base/json-scan.js";
import { tooManyValues } from "./message-limits.js";

/** JSON-RPC's code for what went wrong inside. */
const internalErrorCode = -32_603;

/** In `_meta` of a list of tools: this many are all that could be read of it. */
export const readToolsKey = "codecell/readTools";

interface Answer {
  readonly id?: string | number;
  readonly result?: Readonly<Record<string, unknown>>;
}

/**
 * What stands for a message that is made of too many values to be parsed in reasonable time: of a list
 * of tools the first ones, of any other answer an error.
 *
 * @param bytes - The message, and nothing before it.
 * @param scan - It has seen the message.
 * @returns Undefined for a message without an id, such as a notification.
 */
export function readLargeMessage(bytes: Buffer, scan: JsonScan): JSONRPCMessage | undefined {
  const start = bytes.indexOf("{");
  const list = fittingList(bytes.subarray(start, scan.fittingBytes), scan);
  if (list !== undefined) return list;
  const { id } = parse(scan.outline(1)) ?? {};
  if (typeof id !== "string" && typeof id !== "number") return undefined;
  return { jsonrpc: "2.0", id, error: { code: internalErrorCode, message: tooManyValues } };
}

function fittingList(part: Buffer, scan: JsonScan): JSONRPCMessage | undefined {
  const whole = parse(scan.outline(2));
  if (part.length === 0 || whole?.id === undefined || !Array.isArray(whole.result?.["tools"])) {
    return undefined;
  }
  const tools = parse(`${part.toString()}]}}`)?.result?.["tools"];
  if (!Array.isArray(tools)) return undefined;
  const result = { ...whole.result, tools, _meta: { [readToolsKey]: tools.length } };
  return { jsonrpc: "2.0", id: whole.id, result };
}

/** Undefined where it is no JSON of an object. */
function parse(json = ""): Answer | undefined {
  try {
    // An event of a stream has its field's name first.
    const value: unknown = JSON.parse(json.slice(json.indexOf("{")));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
