import type { Cell } from "../cell/cell.js";
import type { Settings } from "../options/settings.js";
import type { CellLog, EndedOutcome, OutputItem } from "../protocol/outcome.js";
import type { PlannedCall } from "../protocol/plan.js";

/**
 * The settings of a run that has no effects.
 *
 * @param calls - Gets each call that is not run.
 */
export function dryRun(settings: Settings, calls: PlannedCall[]): Settings {
  const tools = settings.tools.map((tool) => {
    if (tool.effect === "read") return tool;
    return tool.replacedBy((input) => {
      const json = JSON.stringify(input) ?? "null";
      calls.push({ tool: tool.name, input: JSON.parse(json), isAssumed: calls.length > 0 });
      return tool.preview(input);
    });
  });
  return { ...settings, tools, onNotify: [], onEvent: [], record: false };
}

/** Observes a cell, yield after yield. */
export async function observeToEnd(cell: Cell): Promise<EndedOutcome> {
  const yieldAfterMs = Number.POSITIVE_INFINITY;
  const output: OutputItem[] = [];
  const logs: CellLog[] = [];
  let outcome = await cell.observe({ by: "exec", yieldAfterMs });
  while (outcome.status === "yielded") {
    output.push(...outcome.output);
    logs.push(...outcome.logs);
    outcome = await cell.observe({ by: "wait", yieldAfterMs });
  }
  return { ...outcome, output: [...output, ...outcome.output], logs: [...logs, ...outcome.logs] };
}
