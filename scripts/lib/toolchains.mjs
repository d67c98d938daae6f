// What compiles the addon for each platform: settings of CMake, as names and values.
import { exists, ScriptFailure } from "./command.mjs";
import { muslCompiler } from "./musl-compiler.mjs";
import { oldGlibc } from "./old-glibc.mjs";

/**
 * @param {string | undefined} platform - "linux-arm64-gnu"; undefined: this machine's.
 * @param {{ sanitize: boolean }} kind
 * @returns {Readonly<Record<string, string>>}
 */
export function toolchainOf(platform, { sanitize }) {
  if (platform === undefined) return sanitize ? {} : ofThisMachine();
  const make = cross[platform];
  if (make === undefined) {
    const known = Object.keys(cross).join(", ");
    throw new ScriptFailure(`expected one of ${known}; got ${platform}`);
  }
  return make();
}

/**
 * Of the platforms that the addon can be built for here, besides this machine's.
 * @type {Readonly<Record<string, () => Readonly<Record<string, string>>>>}
 */
const cross = {
  "linux-arm64-gnu": () => ({
    ...crossLinux("aarch64", gnuCompiler("aarch64")),
    CODECELL_OLD_GLIBC: oldGlibc({ compiler: gnuCompiler("aarch64") }) ?? "",
  }),
  "linux-x64-musl": () => crossLinux("x86_64", muslCompiler("x86_64")),
  "linux-arm64-musl": () => crossLinux("aarch64", muslCompiler("aarch64")),
};

/** A compiler whose programs run with this machine's glibc makes an addon that runs with older ones. */
function ofThisMachine() {
  const compiler = process.env.CXX ?? ["g++", "c++"].find(exists);
  const library = compiler === undefined ? undefined : oldGlibc({ compiler });
  return library === undefined ? {} : { CODECELL_OLD_GLIBC: library };
}

/**
 * @param {string} processor - As compilers call it.
 * @param {string} compiler
 */
function crossLinux(processor, compiler) {
  return {
    CMAKE_SYSTEM_NAME: "Linux",
    CMAKE_SYSTEM_PROCESSOR: processor,
    CMAKE_CXX_COMPILER: compiler,
  };
}

/** @param {string} processor */
function gnuCompiler(processor) {
  const compiler = `${processor}-linux-gnu-g++`;
  if (exists(compiler)) return compiler;
  const arch = processor === "aarch64" ? "arm64" : processor;
  throw new ScriptFailure(
    `${compiler} is missing, which compiles for linux-${arch}-gnu.\n` +
      `  Debian, Ubuntu:  apt-get install g++-${processor}-linux-gnu`,
  );
}

/**
 * A tool for a platform's object files.
 * @param {string} platform
 * @param {string} name - "objcopy"
 */
export function binutil(platform, name) {
  const foreign = platform.startsWith("linux-arm64") && process.arch !== "arm64";
  return foreign ? `aarch64-linux-gnu-${name}` : name;
}
