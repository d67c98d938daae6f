import type { JournalEntry } from "../../src/index.js";

/** The first entry of a journal: of an empty program, with the ids and the time that are given. */
export function openedEntry(
  ids: Pick<JournalEntry, "sessionId" | "cellId" | "at">,
): JournalEntry & { readonly kind: "opened" } {
  return {
    ...ids,
    seq: 0,
    kind: "opened",
    v: 1,
    source: "",
    tools: [],
    modules: [],
    stored: [],
    limits: {},
    console: "off",
    dialect: "strict",
    webGlobals: true,
    remoteImages: false,
    failOnDeadlock: true,
    seed: "0".repeat(64),
    now: 0,
    engine: { v8: "", icu: "", tz: "", arch: "", timeZone: "", locale: "" },
  };
}
