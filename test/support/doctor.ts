import type { Check } from "../../src/cli/doctor/check.js";
import { type CliResult, runCli } from "./cli.js";

/** Runs doctor for its document. */
export async function diagnose(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly result: CliResult; readonly checks: readonly Check[] }> {
  const result = await runCli(["doctor", "--json", ...args], { env });
  const { checks } = JSON.parse(result.stdout) as { readonly checks: readonly Check[] };
  return { result, checks };
}

/** The first check of a name. */
export function named(checks: readonly Check[], name: string): Check | undefined {
  return checks.find((check) => check.name === name);
}
