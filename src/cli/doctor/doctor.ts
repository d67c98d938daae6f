import { checkAddon } from "./addon-checks.js";
import { checkFlags } from "./flag-checks.js";
import { checkPackage } from "./package-checks.js";
import type { DoctorReport } from "./report.js";
import { checkServers } from "./server-checks.js";
import { checkSystem } from "./system-checks.js";
import { readVersions } from "./versions.js";

export interface DoctorOptions {
  readonly config?: string;
  /** A file with durable cells. */
  readonly store?: string;
  /** A file with the keys that encrypt it. */
  readonly sealKeys?: string;
  /** Milliseconds. */
  readonly startTimeout?: number;
}

export interface DoctorContext {
  readonly signal: AbortSignal;
  /** Told what is being done, where that takes a while. */
  readonly onProgress: (text: string) => void;
}

/** Looks at everything; the servers come last, so that a cell's time is not theirs. */
export async function doctor(
  { config, store, sealKeys, startTimeout }: DoctorOptions,
  { signal, onProgress }: DoctorContext,
): Promise<DoctorReport> {
  const versions = readVersions();
  onProgress("trying the addon and a cell …");
  const addonChecks = await checkAddon(signal);
  const checks = [...checkPackage(versions), ...checkFlags(), ...addonChecks, ...checkSystem()];
  if (store !== undefined) {
    onProgress("reading the store …");
    const [{ checkStore }, { readSealKeys }] = await Promise.all([
      import("./store-checks.js"),
      import("../seal-keys.js"),
    ]);
    checks.push(...(await checkStore(store, await readSealKeys(sealKeys))));
  }
  if (config === undefined) return { versions, checks };
  onProgress("starting the servers …");
  const serverChecks = await checkServers(config, { signal, startTimeoutMs: startTimeout });
  return { versions, checks: [...checks, ...serverChecks] };
}
