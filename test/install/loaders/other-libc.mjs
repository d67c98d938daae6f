// A Node for musl where npm has installed the addon for glibc, or none: it is known by the loader of its libraries,
// which its first bytes name. No such Node is to be had here, so a file stands for it.
import { ScriptFailure } from "../../../scripts/lib/command.mjs";
import { shortProgram } from "../scratch.mjs";

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  const musl = scratch.write("node-for-musl", "\x7fELF\0/lib/ld-musl-x86_64.so.1\0");
  scratch.write(
    "program.cjs",
    `process.execPath = ${JSON.stringify(musl)};
    const { createCodeMode, support } = require("codecell");${shortProgram}
    answer().catch((thrown) => console.log(thrown.message === support().error.message, thrown.message));`,
  );
  const shown = scratch.node(["program.cjs"]);
  const words =
    /^true There is no native addon for Node .* on linux-(\w+) with musl\. Looked for .* and for the package @codecell\/linux-\1-musl, which is not installed\. .* Run `np[mx] .*`/;
  if (!words.test(shown)) throw new ScriptFailure(`a Node for musl said: ${shown}`);
}
