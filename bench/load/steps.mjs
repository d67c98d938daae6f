// Where the time of a server's JavaScript thread goes, by the folders of src/, from profiles of V8.
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** In the order in which a cell meets them; the first that fits is it. @type {readonly (readonly [string, RegExp])[]} */
const folders = [
  ["HTTP", /^(server\/(http|page|mcp)|mcp\/gateway)\//],
  ["auth", /^server\/auth\//],
  ["hop", /^server\/cluster\//],
  ["quota, session", /^server\//],
  ["store", /^(durable|journal|sqlite|postgres|sealing)\//],
  ["cell", /^(cell|session|calls|bounds|options|protocol|tools|compose|telemetry|model)\//],
  ["isolate", /^backend\//],
];

/** All that the thread does is one of these. */
export const steps = [
  "HTTP",
  "auth",
  "quota, session",
  "hop",
  "store",
  "cell",
  "isolate",
  "Node, engine",
];

/**
 * @typedef {object} Profile
 * @property {readonly ProfileNode[]} nodes
 * @property {readonly number[]} samples
 * @property {readonly number[]} timeDeltas - Microseconds.
 * @property {number} startTime
 *
 * @typedef {object} ProfileNode
 * @property {number} id
 * @property {readonly number[]} [children]
 * @property {{ functionName: string, url: string, lineNumber: number, columnNumber: number }} callFrame
 */

/**
 * @param {readonly string[]} files - Profiles.
 * @param {{ readonly fromUs: number, readonly toUs: number }} window - By the steady clock.
 * @returns {Record<string, number>} Microseconds of each step.
 */
export function timeOfSteps(files, { fromUs, toUs }) {
  /** @type {Record<string, number>} */
  const times = Object.fromEntries(steps.map((step) => [step, 0]));
  for (const file of files) {
    const profile = /** @type {Profile} */ (JSON.parse(readFileSync(file, "utf8")));
    const stepOf = stepsOf(profile);
    let at = profile.startTime;
    for (const [index, id] of profile.samples.entries()) {
      // What a sample shows lasts until the next one.
      at += profile.timeDeltas[index] ?? 0;
      const step = stepOf.get(id);
      if (at < fromUs || at > toUs || step === undefined) continue;
      times[step] = (times[step] ?? 0) + (profile.timeDeltas[index + 1] ?? 0);
    }
  }
  return times;
}

/**
 * @param {Profile} profile
 * @returns {Map<number, string>} Of each node; none where the thread does nothing, or is the client.
 */
function stepsOf({ nodes }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  /** @type {Map<number, string>} */
  const found = new Map();
  const [root] = nodes;
  /** @param {ProfileNode} node @param {string | undefined} ofCaller */
  const visit = (node, ofCaller) => {
    const own = stepOf(node.callFrame) ?? ofCaller ?? "Node, engine";
    if (own !== "none") found.set(node.id, own);
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next !== undefined) visit(next, own === "Node, engine" ? undefined : own);
    }
  };
  if (root !== undefined) visit(root, undefined);
  return found;
}

/** Undefined where it is its caller's. @param {ProfileNode["callFrame"]} frame */
function stepOf({ functionName, url, lineNumber, columnNumber }) {
  if (functionName === "(idle)" || url.includes("/bench/")) return "none";
  if (/\/node_modules\/pg/.test(url)) return "store";
  if (/^node:(_http_client|internal\/deps\/undici)/.test(url)) return "hop";
  if (/^node:_http_/.test(url)) return "HTTP";
  if (!url.includes("/dist/")) return undefined;
  const source = mapOf(url)?.findEntry(lineNumber, columnNumber);
  if (source === undefined || !("originalSource" in source)) return undefined;
  const [, inside = ""] = /(?:^|\/)src\/(.*)$/.exec(source.originalSource) ?? [];
  return folders.find(([, pattern]) => pattern.test(inside))?.[0];
}

/** @type {Map<string, SourceMap | undefined>} */
const maps = new Map();

/** @param {string} url */
function mapOf(url) {
  if (maps.has(url)) return maps.get(url);
  let map;
  try {
    const file = `${url.startsWith("file:") ? fileURLToPath(url) : path.resolve(url)}.map`;
    map = new SourceMap(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // What is bundled has none.
  }
  maps.set(url, map);
  return map;
}
