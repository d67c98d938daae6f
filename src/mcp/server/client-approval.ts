import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { showHidden } from "../../base/hidden-characters.js";
import type { ApprovalAnswer, ApprovalRequest } from "../../protocol/approvals.js";
import type { Reach } from "./reach.js";

/** Characters of an input that are shown. */
const maxShown = 4_000;

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
    reason === undefined ? "" : ` It needs approval: ${showHidden(JSON.stringify(reason))}.`;
  const json = showHidden(JSON.stringify(input, null, 2) ?? "");
  const more = json.length - maxShown;
  const shown = more > 0 ? `${json.slice(0, maxShown)}\n… and ${more} more characters` : json;
  return `A program wants to call the tool ${tool}.${why} Its input:\n${shown}`;
}
