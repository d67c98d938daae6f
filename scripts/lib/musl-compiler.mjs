// A compiler for systems with musl, such as Alpine, made of Debian's packages: its g++ with musl's headers and
// libraries, and with a libstdc++ that is compiled for musl here, of GCC's own source. libc++ would not do: Node's
// builds for musl have libstdc++, and V8's interface hands objects of it over, such as std::shared_ptr.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { capture, exists, root, run, ScriptFailure } from "./command.mjs";

/** Of GCC's source, what libstdc++ is compiled from. */
const sourceParts = [
  ...["libstdc++-v3", "libgcc", "libiberty", "config", "include", "*.m4", "*.sh", "config.*"],
  ...["gcc/BASE-VER", "gcc/DATESTAMP", "config-ml.in", "install-sh", "missing"],
  ...["mkinstalldirs", "move-if-change", "multilib.am"],
].map((part) => `*/${part}`);

/**
 * The compiler's path: of one that is installed, or of one that is made here, once; that takes minutes.
 * @param {string} processor - "aarch64" or "x86_64"
 */
export function muslCompiler(processor) {
  const name = `${processor}-linux-musl-g++`;
  if (exists(name)) return name;
  const gnu = `${processor}-linux-gnu-g++`;
  if (!exists(gnu) || !exists("apt-get")) {
    throw new ScriptFailure(
      `expected ${name} on PATH, or ${gnu} on a Debian of which one can be made; found neither`,
    );
  }
  const folder = path.join(root, "build", `musl-${processor}`);
  const compiler = path.join(folder, name);
  if (existsSync(compiler)) return compiler;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const specs = bringMusl(folder, processor);
  buildLibrary(folder, processor, specs);
  const headers = path.join(folder, "libstdc++", "include");
  const words = [
    ...[gnu, `-specs=${specs}`, "-nostdinc++", "-isystem", headers, "-isystem"],
    path.join(headers, `${processor}-linux-musl`),
    `-L${path.join(folder, "libstdc++", "lib")}`,
  ];
  writeFileSync(compiler, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  chmodSync(compiler, 0o755);
  return compiler;
}

/**
 * The file that musl is: the one that addons are linked with here, or on Alpine the system's own.
 * @param {string} platform - "linux-arm64-musl"
 */
export function muslLibrary(platform) {
  const processor = platform.includes("arm64") ? "aarch64" : "x86_64";
  const brought = path.join("musl", "usr", "lib", `${processor}-linux-musl`, "libc.so");
  const places = [
    path.join(root, "build", `musl-${processor}`, brought),
    `/lib/ld-musl-${processor}.so.1`,
  ];
  const found = places.find((file) => existsSync(file));
  if (found === undefined) throw new ScriptFailure(`there is no musl: ${places.join(", ")}`);
  return found;
}

/**
 * Musl itself, from Debian's package for that processor.
 * @param {string} folder
 * @param {string} processor
 * @returns {string} The specs, which tell g++ where it is.
 */
function bringMusl(folder, processor) {
  const arch = processor === "aarch64" ? "arm64" : "amd64";
  const musl = path.join(folder, "musl");
  unpackDebs(folder, ["musl", "musl-dev", "linux-libc-dev"], musl, arch);
  const triple = `${processor}-linux-musl`;
  // What the kernel has headers for is not musl's.
  const headers = path.join(musl, "usr", "include");
  for (const name of ["linux", "asm-generic", `${processor}-linux-gnu/asm`]) {
    renameSync(path.join(headers, name), path.join(headers, triple, path.basename(name)));
  }
  const libraries = path.join(musl, "usr", "lib", triple);
  const text = readFileSync(path.join(libraries, "musl-gcc.specs"), "utf8");
  // It is in /lib, which is /usr/lib too on Debian. Without it the linker takes libc.a.
  copyFileSync(path.join(musl, "lib", triple, "libc.so"), path.join(libraries, "libc.so"));
  // Debian's libgcc_eh.a asks glibc for what it looks for. Where Node runs there is a libgcc_s of the system's.
  copyFileSync(
    capture(`${processor}-linux-gnu-g++`, ["-print-file-name=libgcc_s.so.1"]),
    path.join(libraries, "libgcc_s.so.1"),
  );
  const shared = "--allow-shlib-undefined -l:libgcc_s.so.1";
  const names = path.join(folder, "libgcc-names.o");
  const source = path.join(root, "scripts", "lib", "musl-libgcc.c");
  run(`${processor}-linux-gnu-g++`, ["-x", "c", "-c", "-O2", "-fPIC", source, "-o", names]);
  const ofGcc = `*libgcc:\nlibgcc.a%s ${names} %{static-libgcc:libgcc_eh.a%s;:${shared}}\n`;
  const specs = path.join(folder, "musl-gcc.specs");
  const own = text
    .replaceAll("/usr/", `${path.join(musl, "usr")}/`)
    .replace(/^\*libgcc:\n.*\n/m, () => ofGcc);
  writeFileSync(specs, own);
  return specs;
}

/**
 * @param {string} folder
 * @param {string} processor
 * @param {string} specs
 */
function buildLibrary(folder, processor, specs) {
  const gnu = `${processor}-linux-gnu`;
  const [major = ""] = capture(`${gnu}-g++`, ["-dumpversion"]).split(".");
  const debs = path.join(folder, "debs");
  unpackDebs(folder, [`gcc-${major}-source`], debs);
  const packed = path.join(debs, "usr", "src", `gcc-${major}`);
  const archive = readdirSync(packed).find((file) => /^gcc-\d.*\.tar\.xz$/.test(file));
  if (archive === undefined) throw new ScriptFailure(`${packed} has no source of GCC`);
  const source = path.join(folder, "gcc");
  mkdirSync(source);
  const tar = ["-xf", path.join(packed, archive), "-C", source, "--strip-components=1"];
  run("tar", [...tar, "--wildcards", "--no-wildcards-match-slash", ...sourceParts]);
  // As GCC has it for musl, whose threads are always there.
  const threads = path.join(source, "libgcc", "gthr.h");
  const text = readFileSync(threads, "utf8");
  writeFileSync(threads, text.replace("#define GTHREAD_USE_WEAK 1", "#define GTHREAD_USE_WEAK 0"));

  const made = path.join(folder, "build", "libstdc++");
  mkdirSync(made, { recursive: true });
  mkdirSync(path.join(folder, "build", "libgcc"));
  symlinkSync(
    path.join(source, "libgcc", "gthr-posix.h"),
    path.join(folder, "build", "libgcc", "gthr-default.h"),
  );
  const into = path.join(folder, "libstdc++");
  const env = {
    ...process.env,
    CC: `${gnu}-gcc -specs=${specs}`,
    CPP: `${gnu}-gcc -specs=${specs} -E`,
    CXX: `${gnu}-g++ -specs=${specs} -nostdinc++`,
    CFLAGS: "-O2 -fPIC",
    CXXFLAGS: "-O2 -fPIC",
    AR: `${gnu}-ar`,
    RANLIB: `${gnu}-ranlib`,
  };
  const options = [
    `--build=${capture(path.join(source, "config.guess"), [])}`,
    `--host=${processor}-linux-musl`,
    ...["--disable-shared", "--disable-multilib", "--disable-nls", "--disable-libstdcxx-pch"],
    ...[`--prefix=${into}`, `--with-gxx-include-dir=${path.join(into, "include")}`],
  ];
  const inMade = { cwd: made, env, quiet: true };
  run(path.join(source, "libstdc++-v3", "configure"), options, inMade);
  run("make", [`-j${availableParallelism()}`], inMade);
  run("make", ["install"], inMade);
  for (const name of ["build", "debs", "gcc"]) {
    rmSync(path.join(folder, name), { recursive: true });
  }
}

/**
 * @param {string} folder
 * @param {readonly string[]} names
 * @param {string} into
 * @param {string} [arch] - As Debian calls it; default: this machine's.
 */
function unpackDebs(folder, names, into, arch) {
  const scratch = path.join(folder, "apt");
  for (const name of ["lists/partial", "cache/archives/partial"]) {
    mkdirSync(path.join(scratch, name), { recursive: true });
  }
  // Lists of our own: the machine's have its own processor only, or none yet.
  const options = Object.entries({
    "Dir::State::lists": path.join(scratch, "lists"),
    "Dir::Cache": path.join(scratch, "cache"),
    ...(arch !== undefined && { "APT::Architecture": arch, "APT::Architectures": arch }),
  }).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  capture("apt-get", [...options, "-qq", "update"]);
  capture("apt-get", [...options, "-qq", "download", ...names], { cwd: scratch });
  const unpacked = path.join(scratch, "unpacked");
  for (const file of readdirSync(scratch).filter((name) => name.endsWith(".deb"))) {
    run("dpkg-deb", ["-x", path.join(scratch, file), unpacked]);
  }
  renameSync(unpacked, into);
  rmSync(scratch, { recursive: true });
}
