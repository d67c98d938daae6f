// What codecell is compared with, and what it could not be.

import { readFileSync } from "node:fs";
import { openCodecell } from "./codecell.mjs";
import { isolatedVmPackage, openIsolatedVm } from "./isolated-vm.mjs";
import { versionOf } from "./load.mjs";
import { openNodeVm } from "./node-vm.mjs";
import { openQuickJs } from "./quickjs-emscripten.mjs";
import { openSecureExec } from "./secure-exec.mjs";
import { openTanstack } from "./tanstack.mjs";
import { openUtcp } from "./utcp.mjs";
import { openWorkerThreads } from "./worker-threads.mjs";

/**
 * @typedef {object} Peer
 * @property {(source: string) => Promise<string[]>} exec - Runs a source, which may await, with `text` and
 *   `tools`, in a sandbox made for it; resolves with its texts when it is gone, or about to be.
 * @property {() => unknown} close
 */

/** @typedef {Readonly<Record<string, (input: any) => unknown>>} Tools */

// Two versions of it in one process do not go together.
const hasIsolatedVm6 = isolatedVmPackage === "isolated-vm";
const ofNode = () => process.versions.node;

/**
 * @typedef {object} KnownPeer
 * @property {string} name
 * @property {() => string} version
 * @property {(tools: Tools) => Promise<Peer>} open
 * @property {Readonly<Record<string, string>>} [cannot] - Why a work would end this process.
 */

const asyncifyCrash = "its engine crashes, which ends the process";

/** @type {readonly KnownPeer[]} */
export const knownPeers = [
  { name: "codecell", version: ofMain, open: (tools) => openCodecell(tools, { prewarm: "auto" }) },
  {
    name: "codecell (prewarm 0)",
    version: ofMain,
    open: (tools) => openCodecell(tools, { prewarm: 0 }),
  },
  { name: "isolated-vm", version: () => versionOf(isolatedVmPackage), open: openIsolatedVm },
  { name: "worker_threads", version: ofNode, open: openWorkerThreads },
  { name: "node:vm", version: ofNode, open: openNodeVm },
  {
    name: "quickjs-emscripten",
    version: () => versionOf("quickjs-emscripten"),
    open: openQuickJs,
  },
  {
    name: "@tanstack/ai-isolate-quickjs",
    version: () => versionOf("@tanstack/ai-isolate-quickjs"),
    open: openTanstack,
    cannot: { calls: asyncifyCrash, "in-flight": asyncifyCrash },
  },
  ...(hasIsolatedVm6
    ? [{ name: "@utcp/code-mode", version: () => versionOf("@utcp/code-mode"), open: openUtcp }]
    : []),
  { name: "secure-exec", version: () => versionOf("secure-exec"), open: openSecureExec },
];

/** Code-mode packages that cannot be run here. */
export const absentPeers = [
  ...(hasIsolatedVm6
    ? []
    : [{ name: "@utcp/code-mode", reason: "needs isolated-vm 6, which runs on Node 22 and 24" }]),
  {
    name: "@tanstack/ai-isolate-node",
    reason: "0.1.49 needs @tanstack/ai-code-mode 0.3.10, which is not in the registry",
  },
  { name: "@cloudflare/codemode", reason: "its executor needs Cloudflare Workers" },
];

function ofMain() {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}
