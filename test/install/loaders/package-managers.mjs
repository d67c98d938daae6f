// What pnpm and Yarn with Plug'n'Play make of the packages.
import { cjsProgram, esmProgram, Scratch } from "../scratch.mjs";

export const needsPackages = true;

const packages = ["codecell", "@codecell/mcp", "@swc/wasm-typescript"];

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check({ tarballs, registry }) {
  for (const tryOne of [tryPnpm, tryYarn]) {
    const scratch = new Scratch({ tarballs, registry });
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
  const pnpm = [scratch.tool("pnpm/bin/pnpm.cjs"), "add", `--registry=${scratch.registry}`];
  scratch.node([...pnpm, ...packages]);
  scratch.runProgram(["program.mjs"]);
}

/** @param {Scratch} scratch */
function tryYarn(scratch) {
  scratch.write("program.cjs", cjsProgram);
  scratch.write("yarn.lock", "");
  const env = {
    YARN_NODE_LINKER: "pnp",
    YARN_ENABLE_TELEMETRY: "0",
    YARN_ENABLE_GLOBAL_CACHE: "0",
    YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
    YARN_NPM_REGISTRY_SERVER: scratch.registry,
    // Yarn waits with what was published this week, such as what was packed now.
    YARN_NPM_MINIMAL_AGE_GATE: "0",
    YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
  };
  const yarn = scratch.tool("@yarnpkg/cli-dist/bin/yarn.js");
  scratch.node([yarn, "add", ...packages], { env });
  scratch.runProgram([yarn, "node", "program.cjs"], { env });
}
