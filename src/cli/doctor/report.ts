import { count, jsonText, visible } from "../format.js";
import type { Style } from "../terminal.js";
import type { Check } from "./check.js";
import { type Versions, versionLine } from "./versions.js";

/** All that doctor has found. */
export interface DoctorReport {
  readonly versions: Versions;
  readonly checks: readonly Check[];
}

/** Of the names: a server with a longer one does not push the findings of all others away. */
const maxColumns = 28;

/** The document of `--json`; docs/cli.md describes it. */
export function jsonReport({ versions, checks }: DoctorReport): string {
  return jsonText({ versions, checks });
}

/** The report for a person. Findings may quote what a server has written, so they are made visible. */
export function textReport({ versions, checks }: DoctorReport, style: Style): string {
  const widest = Math.max(...checks.map(({ name }) => visible(name).length));
  const width = Math.min(widest, maxColumns);
  const lines = checks.flatMap(({ name, status, finding, remedy }) => {
    const line = `${mark(status, style)} ${style.bold(visible(name).padEnd(width))}  ${visible(finding)}`;
    return remedy === undefined ? [line] : [line, `${" ".repeat(width + 4)}→ ${visible(remedy)}`];
  });
  return `${[style.dim(versionLine(versions)), ...lines, summary(checks)].join("\n")}\n`;
}

export function exitCodeOf({ checks }: DoctorReport): number {
  return checks.some(({ status }) => status === "problem" || status === "unknown") ? 1 : 0;
}

/** "No problems.", "2 problems, 1 warning.", "1 check could not run." */
function summary(checks: readonly Check[]): string {
  const number = (status: Check["status"]): number =>
    checks.filter((check) => check.status === status).length;
  const problems = number("problem");
  const warnings = number("warning");
  const unknown = number("unknown");
  const parts = [
    ...(problems > 0 ? [count(problems, "problem")] : []),
    ...(unknown > 0 ? [`${count(unknown, "check")} could not run`] : []),
    ...(warnings > 0 ? [count(warnings, "warning")] : []),
  ];
  if (problems === 0 && unknown === 0) parts.unshift("No problems");
  return `${parts.join(", ")}.`;
}

function mark(status: Check["status"], style: Style): string {
  switch (status) {
    case "ok":
      return style.green("✓");
    case "warning":
      return style.yellow("!");
    case "problem":
      return style.red("✗");
    case "unknown":
      return style.yellow("?");
  }
}
