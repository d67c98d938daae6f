import { createHmac } from "node:crypto";

/** What is signed of a request, as Standard Webhooks says. */
export interface SignedParts {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly body: string;
}

/** The key that a secret stands for; undefined where it is none. */
export function readSecret(secret: string): Buffer | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (base64 === undefined) return undefined;
  const key = Buffer.from(base64, "base64");
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}

/** The headers of a signed request. Of several keys each signs, so that one can be changed for another. */
export function signatureHeaders(
  { id, timestamp, body }: SignedParts,
  keys: readonly Buffer[],
): Readonly<Record<string, string>> {
  const signatures = keys.map((key) => {
    const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`, "utf8");
    return `v1,${mac.digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}
