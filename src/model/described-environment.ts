import type { Settings } from "../options/settings.js";
import type { DescribedTools } from "./described-tools.js";

/** What the descriptions depend on. */
export interface DescribedEnvironment {
  readonly settings: Settings;
  readonly described: DescribedTools;
  readonly codeOnly: boolean;
  readonly typescript: boolean;
}

/** Milliseconds until a program is answered that still runs; `Infinity` where that is not by time. */
export function yieldMs({ yieldAfterMs, maxYieldAfterMs }: Settings): number {
  return Math.min(yieldAfterMs, maxYieldAfterMs);
}

export function hasYieldTime(settings: Settings): boolean {
  return Number.isFinite(yieldMs(settings));
}

export function seconds(settings: Settings): string {
  return `${yieldMs(settings) / 1000} seconds`;
}

/** A first line of a source that sets its limits. */
export function examplePragma(settings: Settings): string {
  const yieldTimeMs = hasYieldTime(settings) ? yieldMs(settings) : 10_000;
  return `// @exec: {"yield_time_ms": ${yieldTimeMs}, "max_output_tokens": ${settings.maxOutputTokens}}`;
}
