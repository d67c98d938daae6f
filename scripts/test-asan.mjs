// Runs the test suite on an addon built with AddressSanitizer and UndefinedBehaviorSanitizer.
//
//   node scripts/test-asan.mjs [VITEST ARGUMENT...]     e.g. test/termination -t "endless loop"
import { createRequire } from "node:module";
import path from "node:path";
import { capture, main, run, ScriptFailure } from "./lib/command.mjs";
import { buildAddon } from "./lib/native-build.mjs";

await main(() => {
  const addon = buildAddon({ sanitize: true });
  const require = createRequire(import.meta.url);
  const vitest = path.join(path.dirname(require.resolve("vitest/package.json")), "vitest.mjs");
  // A sanitized call is several times slower, and a test's deadline is only a net.
  const args = [vitest, "run", "--testTimeout=120000", ...process.argv.slice(2)];
  run(process.execPath, args, { env: sanitizerEnv(addon) });
});

/**
 * @param {string} addon
 * @returns {NodeJS.ProcessEnv}
 */
function sanitizerEnv(addon) {
  return {
    ...process.env,
    CODECELL_ADDON: addon,
    CODECELL_SANITIZED: "1",
    // Node itself is not instrumented, so the runtime has to be there before it starts.
    LD_PRELOAD: asanRuntime(),
    ASAN_OPTIONS: [
      "halt_on_error=1",
      "abort_on_error=1",
      // Node and V8 keep memory until the process ends, and parked threads are leaked on purpose.
      "detect_leaks=0",
      // Node's own handlers for stack overflow and WebAssembly stay in place.
      "allow_user_segv_handler=1",
    ].join(":"),
    UBSAN_OPTIONS: "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
  };
}

function asanRuntime() {
  const compiler = process.env.CXX ?? "g++";
  const isClang = capture(compiler, ["--version"]).includes("clang");
  const name = isClang ? `libclang_rt.asan-${clangArch()}.so` : "libasan.so";
  const runtime = capture(compiler, [`-print-file-name=${name}`]);
  if (!path.isAbsolute(runtime)) throw new ScriptFailure(`${compiler} brings no ${name}`);
  return runtime;
}

function clangArch() {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}
