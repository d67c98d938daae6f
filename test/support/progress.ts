import type { Progress, Transport } from "@modelcontextprotocol/client";

/**
 * What a client is told of progress from now on, as it arrives. The official client handles news a moment after
 * it has come, and drops it if the request's answer came with it. Call it before the client connects.
 */
export function progressOf(transport: Transport): readonly Progress[] {
  const told: Progress[] = [];
  transport.onmessage = (message) => {
    if (!("method" in message) || message.method !== "notifications/progress") return;
    const { progressToken, ...progress } = message.params ?? {};
    told.push(progress as Progress);
  };
  return told;
}
