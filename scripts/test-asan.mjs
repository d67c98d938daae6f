// Runs the test suite on an addon built with AddressSanitizer and UndefinedBehaviorSanitizer.
//
//   node scripts/test-asan.mjs [VITEST ARGUMENT...]     e.g. test/cell/termination -t "endless loop"
import { createRequire } from "node:module";
import path from "node:path";
import { main, run } from "./lib/command.mjs";
import { buildAddon } from "./lib/native-build.mjs";
import { sanitizerEnv } from "./lib/sanitizers.mjs";

await main(() => {
  const addon = buildAddon({ sanitize: true });
  const require = createRequire(import.meta.url);
  const vitest = path.join(path.dirname(require.resolve("vitest/package.json")), "vitest.mjs");
  const args = [vitest, "run", ...process.argv.slice(2)];
  run(process.execPath, args, {
    env: { ...process.env, ...sanitizerEnv(), CODECELL_ADDON: addon, CODECELL_SANITIZED: "1" },
  });
});
