import { showInput } from "../../base/shown-input.js";
import type { KeptApproval } from "../../index.js";
import { oneLine, visible } from "../format.js";

/** Characters of a note or a reason that are shown. */
const maxText = 1000;

/** What a person reads of a question, and of the answer where there is one: short lines. */
export function describeApproval(approval: KeptApproval): string {
  const { approvalId, tool, cellId, reason, input, askedAt, state } = approval;
  const lines = [
    `? ${visible(approvalId)}`,
    `  ${visible(tool)}`,
    `  asked ${new Date(askedAt).toISOString()}`,
    `  cell ${visible(cellId)}`,
    ...(reason === undefined ? [] : [`  why: ${oneLine(reason, maxText)}`]),
    ...shownInput(input),
    ...describeDecision(approval),
    ...(state === "ended" ? ["  not answered: the cell has ended"] : []),
  ];
  return lines.join("\n");
}

function describeDecision({ decision }: KeptApproval): readonly string[] {
  if (decision === undefined) return [];
  const { verdict, by, at, note, input } = decision;
  const who = by === undefined ? "" : ` by ${oneLine(by, maxText)}`;
  return [
    `  ${verdict === "approve" ? "approved" : "denied"}${who}`,
    `  at ${new Date(at).toISOString()}`,
    ...(note === undefined ? [] : [`  note: ${oneLine(note, maxText)}`]),
    ...(input === undefined ? [] : ["  with the input", ...shownInput(input)]),
  ];
}

function shownInput(input: unknown): readonly string[] {
  const { text, more } = showInput(input);
  const lines = text.split("\n").map((line) => `    ${visible(line)}`);
  return more === undefined ? lines : [...lines, `    ${more}`];
}
