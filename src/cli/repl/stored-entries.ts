import type { Session } from "../../session/session.js";
import { keptKeyPrefix } from "./cell-module.js";

/** What cells have stored themselves, without what the prompt keeps for them. */
export async function storedEntries(
  session: Session,
): Promise<readonly (readonly [key: string, value: unknown])[]> {
  const entries = Object.entries(await session.storedValues());
  return entries.filter(([key]) => !key.startsWith(keptKeyPrefix));
}
