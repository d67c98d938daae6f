import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
setFlagsFromString("--no-expose-gc");

/** Expects that nothing holds an object any more. */
export async function collected(kept: WeakRef<object>): Promise<void> {
  for (let round = 0; kept.deref() !== undefined && round < 50; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(kept.deref()).toBeUndefined();
}
