// What pnpm and Yarn with Plug'n'Play make of the tarball.
import { capture } from "../../../scripts/lib/command.mjs";
import { cjsProgram, esmProgram, Scratch } from "../scratch.mjs";

export const needsPackages = true;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check({ tarball }) {
  for (const tryOne of [tryPnpm, tryYarn]) {
    const scratch = new Scratch({ tarball });
    try {
      tryOne(scratch);
    } finally {
      scratch.remove();
    }
  }
}

/** @param {Scratch} scratch */
function tryPnpm(scratch) {
  scratch.write("program.mjs", esmProgram);
  scratch.node([scratch.tool("pnpm/bin/pnpm.cjs"), "add", scratch.tarball]);
  scratch.runProgram(["program.mjs"]);
}

/** @param {Scratch} scratch */
function tryYarn(scratch) {
  scratch.write("program.cjs", cjsProgram);
  scratch.write("yarn.lock", "");
  const registry = capture("npm", ["config", "get", "registry"]).replace(/\/$/, "");
  const env = {
    YARN_NODE_LINKER: "pnp",
    YARN_ENABLE_TELEMETRY: "0",
    YARN_ENABLE_GLOBAL_CACHE: "0",
    YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
  };
  const yarn = scratch.tool("@yarnpkg/cli-dist/bin/yarn.js");
  scratch.node([yarn, "add", `codecell@file:${scratch.tarball}`], { env });
  scratch.runProgram([yarn, "node", "program.cjs"], { env });
}
