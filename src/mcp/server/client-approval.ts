import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { showHidden } from "../../base/hidden-characters.js";
import { previewJson } from "../../base/json-preview.js";
import { showInput } from "../../base/shown-input.js";
import type { ApprovalAnswer, ApprovalRequest } from "../../protocol/approvals.js";
import type { Reach } from "./reach.js";

/** Characters of the reason that are shown. */
const maxReason = 1_000;

const cannotAsk =
  'the MCP client cannot ask its person (it has no elicitation with forms); use a client that can, or decide about such calls in advance ("approval" in the config, --approve)';

/** Asks the person at an MCP client, with an elicitation, which they accept or decline. */
export async function askClientForApproval(
  reach: Reach,
  request: ApprovalRequest,
  signal: AbortSignal,
): Promise<ApprovalAnswer> {
  if (!hasForms(reach.capabilities)) return { approved: false, reason: cannotAsk };
  const params = {
    message: describeRequest(request),
    requestedSchema: { type: "object", properties: {} },
  };
  const { action } = await reach.ask({ method: "elicitation/create", params, signal });
  if (action === "accept") return true;
  const said = action === "decline" ? "said no" : "did not answer";
  return { approved: false, reason: `the person at the client ${said}` };
}

/** A client that names no mode has forms. */
function hasForms({ elicitation }: ClientCapabilities): boolean {
  return (
    elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
  );
}

function describeRequest({ tool, reason, input }: ApprovalRequest): string {
  const why =
    reason === undefined
      ? ""
      : ` It needs approval: ${showHidden(previewJson(reason, maxReason) ?? "")}.`;
  const { text, more } = showInput(input);
  const shown = more === undefined ? text : `${text}\n${more}`;
  return `A program wants to call the tool ${tool}.${why} Its input:\n${shown}`;
}
