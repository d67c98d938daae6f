import { deserializeMessage, type JSONRPCMessage } from "@modelcontextprotocol/client";

/** JSON-RPC's code for what went wrong inside. */
const internalErrorCode = -32_603;

const noAnswer =
  'the server\'s answer is none: it needs a "result" that is an object, or an "error" with a number as "code" and a text as "message"';

/**
 * Reads the messages of one line: one, or a list, as the protocol's version 2025-03-26 has it. An answer
 * that is none fails its request, which nothing else would end.
 *
 * @returns Undefined where the line is no message.
 */
export function readMessages(line: string): readonly JSONRPCMessage[] | undefined {
  try {
    return [deserializeMessage(line)];
  } catch {
    const value = parse(line);
    const messages = [value].flat().flatMap((entry) => readOne(entry) ?? []);
    return messages.length === 0 ? undefined : messages;
  }
}

function readOne(value: unknown): JSONRPCMessage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return deserializeMessage(JSON.stringify(value));
  } catch {
    const { id, method, error } = value as Readonly<Record<string, unknown>>;
    if ((typeof id !== "string" && typeof id !== "number") || method !== undefined)
      return undefined;
    const said = saidIn(error);
    const message = said === undefined ? noAnswer : `${noAnswer}; it says: ${said}`;
    return { jsonrpc: "2.0", id, error: { code: internalErrorCode, message } };
  }
}

/** What an error that is none says. */
function saidIn(error: unknown): string | undefined {
  if (typeof error === "string") return error;
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === "string" ? message : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
