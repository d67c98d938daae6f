// What must hold for every outcome, whatever its program did. Each check returns what it found wrong.
import { isDeepStrictEqual } from "node:util";

/** @typedef {import("../../src/index.js").CellOutcome} CellOutcome */

const codes = new Set([
  "ERR_CELL_SCRIPT",
  "ERR_CELL_DEADLOCK",
  "ERR_CELL_ENGINE",
  "ERR_CELL_HEAP_LIMIT",
  "ERR_CELL_CPU_LIMIT",
  "ERR_CELL_WALL_LIMIT",
  "ERR_CELL_MEMORY_LIMIT",
  "ERR_CELL_OUTPUT_LIMIT",
  "ERR_CELL_OUTPUT_ITEMS_LIMIT",
  "ERR_CELL_NOTIFICATIONS_LIMIT",
  "ERR_CELL_TOOL_CALLS_LIMIT",
  "ERR_CELL_SOURCE_LIMIT",
]);

const keys = {
  all: ["status", "cellId", "output", "logs", "usage"],
  completed: ["warnings", "endedAt"],
  failed: ["warnings", "error", "endedAt"],
  terminated: ["warnings", "reason", "endedAt"],
  yielded: ["reason"],
};

const itemFields = { text: ["text"], image: ["imageUrl", "detail"], audio: ["audioUrl"] };

export function isEnd({ status }) {
  return status === "completed" || status === "failed" || status === "terminated";
}

/**
 * @param {Exclude<CellOutcome, { status: "missing" }>} outcome
 * @returns {readonly string[]}
 */
export function outcomeProblems(outcome) {
  const problems = plainDataProblems(outcome, "outcome");
  const own = keys[outcome.status];
  if (own === undefined)
    return [...problems, `the status ${JSON.stringify(outcome.status)} is unknown`];
  const allowed = new Set([...keys.all, ...own, "orphaned"]);
  for (const key of [...keys.all, ...own])
    if (!(key in outcome)) problems.push(`${key} is missing`);
  for (const key of Object.keys(outcome)) if (!allowed.has(key)) problems.push(`${key} is unknown`);
  if ("orphaned" in outcome && outcome.orphaned !== true) problems.push("orphaned is not true");
  for (const item of outcome.output) {
    const fields = itemFields[item.type];
    if (fields === undefined || !fields.every((field) => typeof item[field] === "string")) {
      problems.push(`an output item is ${JSON.stringify(item)}`);
    }
  }
  for (const [name, used] of Object.entries(outcome.usage)) {
    if (!Number.isFinite(used) || used < 0) problems.push(`usage.${name} is ${used}`);
  }
  if (outcome.status === "failed") problems.push(...errorProblems(outcome.error, "error"));
  return problems;
}

/** Characters of output items, which are never more than their bytes. */
export function charactersOf(output) {
  return output.reduce(
    (sum, item) => sum + (item.text ?? item.imageUrl ?? item.audioUrl).length,
    0,
  );
}

function errorProblems(error, path) {
  const problems = [];
  if (!codes.has(error.code)) problems.push(`${path}.code is ${JSON.stringify(error.code)}`);
  for (const field of ["name", "message", "text"]) {
    if (typeof error[field] !== "string")
      problems.push(`${path}.${field} is ${typeof error[field]}`);
  }
  if (error.code?.endsWith("_LIMIT") !== (error.limit !== undefined)) {
    problems.push(`${path}.limit does not fit its code ${error.code}`);
  }
  if (error.limit !== undefined) {
    const { name, allowed, used } = error.limit;
    if (typeof name !== "string" || !(allowed > 0) || !(used >= 0)) {
      problems.push(`${path}.limit is ${JSON.stringify(error.limit)}`);
    }
  }
  if (error.cause !== undefined) problems.push(...errorProblems(error.cause, `${path}.cause`));
  return problems;
}

/** Everything a host gets is JSON: no accessor, no class, no function, no value of another engine. */
export function plainDataProblems(value, path) {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return [];
  if (typeof value !== "object") return [`${path} is a ${typeof value}`];
  const expected = Array.isArray(value) ? Array.prototype : Object.prototype;
  const problems = [];
  if (Object.getPrototypeOf(value) !== expected) problems.push(`${path} has an odd prototype`);
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (Array.isArray(value) && key === "length") continue;
    const at = `${path}.${key}`;
    if ("value" in property) problems.push(...plainDataProblems(property.value, at));
    else problems.push(`${at} is an accessor`);
  }
  return problems;
}

/**
 * Whether the ends that several promises gave for one cell are one end, and fit what was asked for.
 * @param {readonly CellOutcome[]} ends
 * @param {ReadonlySet<string>} asked - The reasons for which the cell was asked to stop.
 * @returns {readonly string[]}
 */
export function endProblems(ends, asked) {
  const [first, ...others] = ends;
  if (first === undefined) return ["its end was not returned"];
  const problems = [];
  if (others.some((end) => !isDeepStrictEqual(end, first))) {
    problems.push(`its ends differ: ${ends.map(({ status }) => status).join(", ")}`);
  }
  if (first.status === "terminated" && !asked.has(first.reason)) {
    problems.push(
      `it was terminated (${first.reason}), but was asked: ${[...asked].join(", ") || "nothing"}`,
    );
  }
  return problems;
}
