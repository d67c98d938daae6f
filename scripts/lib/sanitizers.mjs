// What a Node needs to load a sanitized addon.
import path from "node:path";
import { capture, ScriptFailure } from "./command.mjs";

/**
 * Variables for a Node that is to load an addon built by `compiler` with ASan and UBSan.
 * @param {string} [compiler] - Default: CXX, or g++.
 */
export function sanitizerEnv(compiler = process.env.CXX ?? "g++") {
  return {
    // Node itself is not instrumented, so the runtime has to be there before it starts.
    LD_PRELOAD: asanRuntime(compiler),
    ASAN_OPTIONS: [
      "halt_on_error=1",
      "abort_on_error=1",
      // Node and V8 keep memory until the process ends, and parked threads are leaked on purpose.
      "detect_leaks=0",
      // Node's own handlers for stack overflow and WebAssembly stay in place.
      "allow_user_segv_handler=1",
      // A signal that the host is sent ends it as it would without a sanitizer.
      "handle_sigbus=0",
    ].join(":"),
    UBSAN_OPTIONS: "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
  };
}

/** @param {string} compiler */
function asanRuntime(compiler) {
  const isClang = capture(compiler, ["--version"]).includes("clang");
  const name = isClang ? `libclang_rt.asan-${clangArch()}.so` : "libasan.so";
  const runtime = capture(compiler, [`-print-file-name=${name}`]);
  if (!path.isAbsolute(runtime)) throw new ScriptFailure(`${compiler} brings no ${name}`);
  return runtime;
}

function clangArch() {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}
