import { builtin } from "../base/builtin.js";
import { CodeModeError } from "../base/errors.js";
import { sealedPrefix } from "../durable/sealed.js";
import type { KeyRing } from "./seal-keys.js";

/** What a text is, and where it belongs: it opens nowhere else. */
export interface SealedPlace {
  /** As the beginning of a sentence, for errors. */
  readonly name: string;
  /** Differs for any two places of a store. */
  readonly parts: readonly (string | number)[];
}

// sealed:1:KEY:MARK:BASE64, where the bytes are a nonce, a tag and the text.
const version = "1";
const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * A text that only who has the key can read, and that cannot be changed or moved without being noticed.
 *
 * @throws {CodeModeError} ERR_STORE_KEY.
 */
export function sealText(
  keys: KeyRing,
  { text, sessionId }: { readonly text: string; readonly sessionId: string },
  place: SealedPlace,
): string {
  const { createCipheriv, randomBytes } = builtin("node:crypto");
  const { id, mark, bytes } = keys.currentFor(sessionId);
  const head = `${sealedPrefix}${version}:${id}:${mark}:`;
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, bytes, nonce);
  sealing.setAAD(boundTo(head, place));
  const content = sealing.update(text, "utf8");
  sealing.final();
  return head + Buffer.concat([nonce, sealing.getAuthTag(), content]).toString("base64");
}

/** Whether a text was sealed with the key that seals what a session writes now. */
export function isSealedAnew(keys: KeyRing, sealed: string, sessionId: string): boolean {
  const { id, mark } = keys.currentFor(sessionId);
  return sealed.startsWith(`${sealedPrefix}${version}:${id}:${mark}:`);
}

/**
 * The text that was sealed.
 *
 * @throws {CodeModeError} ERR_STORE_KEY if it is not sealed, or its key is missing or another;
 *   ERR_INVALID_JOURNAL if it was changed, or belongs to another place.
 */
export function openText(keys: KeyRing, sealed: string, place: SealedPlace): string {
  if (!sealed.startsWith(sealedPrefix)) {
    throw new CodeModeError(
      "ERR_STORE_KEY",
      `${place.name} is not sealed, and this store was opened with keys. What was written without them is read without them; new cells need a store of their own.`,
    );
  }
  const [, form, id = "", mark, data = ""] = sealed.split(":");
  if (form !== version) {
    throw new CodeModeError(
      "ERR_STORE_KEY",
      `${place.name} is sealed in a form that this codecell does not know; use a newer codecell.`,
    );
  }
  const key = keys.find(id);
  if (key === undefined) {
    throw new CodeModeError(
      "ERR_STORE_KEY",
      `${place.name} is sealed with the key "${shown(id)}", which was not given.`,
    );
  }
  if (key.mark !== mark) {
    throw new CodeModeError(
      "ERR_STORE_KEY",
      `${place.name} is sealed with another key than the one that was given as "${shown(id)}".`,
    );
  }
  const bytes = Buffer.from(data, "base64");
  try {
    const opening = builtin("node:crypto").createDecipheriv(
      cipher,
      key.bytes,
      bytes.subarray(0, nonceBytes),
      { authTagLength: tagBytes },
    );
    opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    opening.setAAD(boundTo(`${sealedPrefix}${version}:${id}:${mark}:`, place));
    const text = opening.update(bytes.subarray(nonceBytes + tagBytes));
    return Buffer.concat([text, opening.final()]).toString("utf8");
  } catch {
    throw new CodeModeError(
      "ERR_INVALID_JOURNAL",
      `${place.name} is not what was sealed there: it was changed, or moved from another place.`,
    );
  }
}

function boundTo(head: string, { parts }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([head, ...parts]));
}

/** Of a file that somebody may have changed. */
function shown(id: string): string {
  return id.slice(0, 64).replace(/[^\w.-]/g, "?");
}
