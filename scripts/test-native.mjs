// Builds and runs the tests of native/base and native/protocol, which need no engine: as they are,
// with AddressSanitizer and UndefinedBehaviorSanitizer, and with ThreadSanitizer. CXX names the
// compiler; default: g++.
//
//   node scripts/test-native.mjs [plain|address|thread...]     default: all three
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import path from "node:path";
import { exists, main, root, run, ScriptFailure } from "./lib/command.mjs";

/** What each run is compiled with besides. */
const sanitizers = { plain: "", address: "address,undefined", thread: "thread" };

const options = {
  ASAN_OPTIONS: "halt_on_error=1:detect_leaks=1",
  UBSAN_OPTIONS: "halt_on_error=1:print_stacktrace=1",
  TSAN_OPTIONS: "halt_on_error=1:second_deadlock_stack=1",
};

/** A whole run takes seconds; a test that hangs ends itself long before this. */
const patienceMs = 120_000;

await main(() => {
  const asked = process.argv.slice(2);
  const failed = (asked.length > 0 ? asked : Object.keys(sanitizers)).filter(
    (variant) => !test(variant),
  );
  if (failed.length > 0) throw new ScriptFailure(`the native tests failed: ${failed.join(", ")}`);
});

/**
 * @param {string} variant
 * @returns {boolean} Whether every test succeeded.
 */
function test(variant) {
  if (!isVariant(variant)) {
    const known = Object.keys(sanitizers).join(", ");
    throw new ScriptFailure(`expected one of ${known}; got ${variant}`);
  }
  const program = build(variant);
  console.log(`\n${variant}: ${compiler()} ${sanitizers[variant] || "-Werror"}`);
  const { status, signal } = spawnSync(program, {
    cwd: root,
    env: { ...process.env, ...options },
    stdio: "inherit",
    timeout: patienceMs,
    killSignal: "SIGKILL",
  });
  if (signal !== null) console.log(`the program ended with ${signal}`);
  return status === 0;
}

/**
 * @param {keyof typeof sanitizers} variant
 * @returns {string} The program's path.
 */
function build(variant) {
  for (const tool of ["cmake", compiler()]) {
    if (!exists(tool)) throw new ScriptFailure(`${tool} is missing, which builds the native tests`);
  }
  // A compiler of its own has a folder of its own: CMake does not change it in a configured one.
  const folder = path.join(root, "build", `native-tests-${path.basename(compiler())}-${variant}`);
  const settings = [`-DCODECELL_SANITIZERS=${sanitizers[variant]}`];
  settings.push(`-DCMAKE_CXX_COMPILER=${compiler()}`);
  run("cmake", ["-S", path.join(root, "test", "native"), "-B", folder, ...settings], {
    quiet: true,
  });
  run("cmake", ["--build", folder, "--parallel", String(availableParallelism())], { quiet: true });
  return path.join(folder, "native_tests");
}

function compiler() {
  return process.env.CXX ?? "g++";
}

/** @param {string} name @returns {name is keyof typeof sanitizers} */
function isVariant(name) {
  return Object.hasOwn(sanitizers, name);
}
