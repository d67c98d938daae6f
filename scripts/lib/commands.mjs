// What each script of package.json is for, in one line. `npm run help` prints it, and CONTRIBUTING.md
// shows it; scripts/help.mjs --check holds all three together.

/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
export const commands = {
  "Every day": {
    build: "builds the addon and dist/; quick when little has changed",
    test: "builds, and runs all tests",
    lint: "style, types, and whether generated documents are up to date",
    "lint:native": "clang-format and clang-tidy on the C++; --sample N reads N files only",
    format: "writes the style, in TypeScript and in C++",
    start: "builds, and runs two cells with the tools of two real MCP servers",
    help: "prints this",
  },
  "Before a change is done": {
    "check:all":
      "every check here in full, with a summary; --only NAME, --sample as CI does, --list",
  },
  "Parts of the build": {
    "build:native":
      "the addon for the running Node; --node BIN for another, --sanitize, --each-file",
    "build:ts": "dist/ from src/, and the packages that are bundled into it",
    "build:prebuilds": "dist/ and prebuilds/: the addon for each supported Node",
    "release:dry":
      "a release without the publishing: builds, tests, packs, checks, prints what it would be; --out DIR",
    "pack:all": "the tarball of each package that this machine has the files for; --out DIR",
  },
  "More tests": {
    "test:native": "native/base and native/protocol alone: plain, ASan and UBSan, TSan",
    "test:hostile":
      "a corpus of attacks, each in a process of its own; --group, --only, --every N, --memory MIB, --isolation, --patience FACTOR",
    "test:generated": "programs made up from a grammar; --count, --mode stop, --replay SEED",
    "test:asan": "the tests on an addon with ASan and UBSan; takes files and folders of tests",
    fuzz: "libFuzzer on the boundary between host and cells; --target, --seconds",
    soak: "good and hostile cells for long: does the process stay as it is? --minutes",
  },
  "More checks": {
    "check:nodes": "builds the addon for each Node and tries it; takes versions",
    "check:suite": "the tests on each Node; takes versions, and after -- files",
    "check:hostile": "the attacks on each Node; takes versions, and after -- options",
    "check:programs":
      "programs as models write them: how many work, are told, are silent; --only TEXT",
    "check:stalls":
      "inputs through every door; for how long the event loop stands still; takes --door, --count, --seed",
    "check:mutants":
      "small faults in the code, one at a time: which does no test notice? takes rooms, native, --changed REF, --some N",
    "check:platforms":
      "prebuilt addons: what they need of a system, with old libraries, on arm64 under qemu, with musl; takes names, --node 24,26",
    "check:package": "packs the packages, installs them elsewhere, and uses them there",
    "check:postgres":
      "tests durable cells in a PostgreSQL, which it starts; needs postgresql and pgbouncer",
    "check:page": "drives the page of codecell serve in a Chromium; needs chromium",
    "check:cluster":
      "three servers on one PostgreSQL, which are killed, stopped, cut off, restored from a backup and replaced: no cell is lost; takes parts, --cells, --seconds, --faults, --before",
    "check:install":
      "loads the package in each way that people do: Nodes, bundlers, test runners, …; takes names",
    "check:clean-install":
      "the README's program on each Node, without a compiler and without install scripts; takes versions, --on old-libraries,arm64,musl",
    "check:anywhere":
      "does an install work anywhere? each Node, other systems, each way to load it; a table at its end",
    "check:leaks": "10 000 cells leave no thread, descriptor or memory behind",
    "check:kills":
      "10 000 kills of cells' processes lose no outcome, value, descriptor or memory; --count, --seed, --host",
    "check:durable-kills":
      "SIGKILL of a durable cell's process at each record: it is resumed as one run; takes versions, --every, --first, --moments, --store postgres",
    "check:frameworks":
      "the adapters with real frameworks, oldest and newest; takes parts of names, --small",
    "check:codex":
      "whole turns of the real Codex CLI on codecell host; --sample, --only TEXT, --codex FILE",
    "check:inspector": "the official MCP inspector drives codecell mcp",
  },
  Speed: {
    bench: "the benchmarks; takes names, --node 20,24, --samples N, --list",
    "bench:page":
      "measures what docs/performance.md says, and writes its tables; takes --only NAMES, --quick, --out FOLDER, --write, --check",
    "bench:peers":
      "beside other packages, which it installs; takes --node 20,24, --peers, --works, --samples N",
  },
};
