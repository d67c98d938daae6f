import { readFile } from "node:fs/promises";
import type { SealKeys } from "../sqlite.js";
import { sealKeysVariable } from "./arguments.js";
import { visible } from "./format.js";
import { UsageError } from "./usage-error.js";

/**
 * The keys of a store, from a file or from the environment; undefined where there are none.
 *
 * @throws {UsageError}
 */
export async function readSealKeys(file: string | undefined): Promise<SealKeys | undefined> {
  if (file === undefined) {
    const text = process.env[sealKeysVariable];
    return text === undefined || text === "" ? undefined : parseKeys(text, sealKeysVariable);
  }
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The file of --seal-keys cannot be read: ${visible(why)}`);
  }
  return parseKeys(text, visible(file));
}

/** What is wrong with a key is said without showing it. */
function parseKeys(text: string, source: string): SealKeys {
  const parts = text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((part) => part !== "");
  const keys: Record<string, Uint8Array> = {};
  let current: string | undefined;
  for (const [index, part] of parts.entries()) {
    const [, id, base64 = ""] = /^([A-Za-z0-9._-]{1,64})=([A-Za-z0-9+/_-]{43}=?)$/.exec(part) ?? [];
    const bytes = Buffer.from(base64, "base64");
    if (id === undefined || bytes.byteLength !== 32) {
      throw new UsageError(
        `${source}: key ${index + 1} must be ID=BASE64 with 32 bytes, such as 2026-11=$(openssl rand -base64 32).`,
      );
    }
    if (Object.hasOwn(keys, id)) throw new UsageError(`${source}: the key ${id} is there twice.`);
    keys[id] = bytes;
    current ??= id;
  }
  if (current === undefined) throw new UsageError(`${source} has no keys.`);
  return { current, keys };
}
