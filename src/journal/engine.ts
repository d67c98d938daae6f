import type { JournalEngine } from "./entry.js";

/** What was found out last. The time zone is asked for again where the program has set another. */
let known: { readonly TZ: string | undefined; readonly engine: JournalEngine } | undefined;

/** What the results of cells of this process may depend on besides their journals. */
export function thisEngine(): JournalEngine {
  const { versions, arch, env } = process;
  const { TZ } = env;
  if (known !== undefined && known.TZ === TZ) return known.engine;
  // It takes a tenth of a millisecond.
  const { timeZone, locale } = new Intl.DateTimeFormat().resolvedOptions();
  const { v8, icu = "", tz = "" } = versions;
  const engine = { v8, icu, tz, arch, timeZone, locale };
  known = { TZ, engine };
  return engine;
}

/** In what two engines differ, as sentences. */
export function engineDifferences(recorded: JournalEngine, here: JournalEngine): string[] {
  const names: Readonly<Record<keyof JournalEngine, string>> = {
    v8: "V8",
    icu: "ICU",
    tz: "the time zone data",
    arch: "the processor",
    timeZone: "the time zone",
    locale: "the locale",
  };
  return (Object.keys(names) as (keyof JournalEngine)[])
    .filter((key) => recorded[key] !== here[key])
    .map((key) => `${names[key]}: recorded with ${recorded[key]}, replayed with ${here[key]}`);
}
