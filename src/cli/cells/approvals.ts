import { readApproval } from "../../durable/decisions.js";
import { OpenQuestions } from "../../durable/open-questions.js";
import { CodeModeError, type Decision, type KeptApproval } from "../../index.js";
import { count, jsonText, visible } from "../format.js";
import { resumeCommand } from "../next-commands.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { openStore, type StoreOptions } from "../open-store.js";
import { shownStore } from "../store-names.js";
import { UsageError } from "../usage-error.js";
import { userName } from "../user-name.js";
import { everything } from "./cells-options.js";
import { describeApproval } from "./describe-approval.js";

export type ApprovalsAction = "list" | "approve" | "deny";

export interface ApprovalsOptions extends StoreOptions {
  readonly session?: string;
  readonly all?: boolean;
  readonly note?: string;
  readonly by?: string;
  /** JSON text. */
  readonly input?: string;
  readonly json?: boolean;
}

/**
 * Lists the questions of a store, or answers one.
 *
 * @returns The exit code.
 */
export async function approvals(
  action: ApprovalsAction,
  id: string | undefined,
  options: ApprovalsOptions,
  context: SessionContext,
): Promise<number> {
  try {
    const isOpen = action === "list" && options.all !== true;
    const found = await readApprovals(options, isOpen, context);
    if (action === "list") return list(found, options, context);
    const decision = decisionOf(action, options);
    return await decide(findApproval(found, id, options), decision, options, context);
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

async function readApprovals(
  options: ApprovalsOptions,
  isOpen: boolean,
  { terminal }: SessionContext,
): Promise<readonly KeptApproval[]> {
  const store = await openStore(options, { readOnly: true });
  try {
    const query = { sessionId: options.session, isOpen, limit: everything };
    return (await store.approvals(query)).flatMap((stored) => {
      try {
        return [readApproval(stored)];
      } catch (error) {
        if (!isDamage(error)) throw error;
        // The others can still be answered.
        terminal.note(visible(error.message));
        return [];
      }
    });
  } finally {
    await store.close();
  }
}

function isDamage(error: unknown): error is CodeModeError {
  return error instanceof CodeModeError && error.code === "ERR_INVALID_JOURNAL";
}

function list(
  found: readonly KeptApproval[],
  { json, all }: ApprovalsOptions,
  { terminal }: SessionContext,
): number {
  if (json) {
    terminal.result(jsonText({ approvals: found }));
    return 0;
  }
  for (const approval of found) terminal.result(`${describeApproval(approval)}\n`);
  terminal.note(count(found.length, all ? "question" : "open question"));
  return 0;
}

async function decide(
  approval: KeptApproval,
  decision: Decision,
  options: ApprovalsOptions,
  { terminal }: SessionContext,
): Promise<number> {
  const { json } = options;
  const store = await openStore(options);
  try {
    const { approvalId, cellId, tool } = approval;
    const outcome = await new OpenQuestions(store).decide(approvalId, decision);
    if (json) terminal.result(jsonText({ ...approval, ...outcome }));
    const said = decision.verdict === "approve" ? "approved" : "denied";
    const shown = `${visible(tool)} of the cell ${cellId}`;
    switch (outcome.status) {
      case "decided":
        terminal.note(`${said} ${shown}`);
        terminal.note(
          terminal.style.dim(
            `If no process runs it: ${resumeCommand(cellId, options)}, with the --config of its run`,
          ),
        );
        return 0;
      case "alreadyDecided":
        terminal.note(`not ${said}: the question has an answer already`);
        terminal.note(
          describeApproval({ ...approval, state: "decided", decision: outcome.decision }),
        );
        return 1;
      case "ended":
      case "missing":
        terminal.note(`not ${said}: the cell ${cellId} has ended`);
        return 1;
    }
  } finally {
    await store.close();
  }
}

function decisionOf(verdict: Decision["verdict"], options: ApprovalsOptions): Decision {
  const { note, by = userName(), input: json } = options;
  if (json === undefined) return { verdict, note, by };
  if (verdict === "deny")
    throw new UsageError("--input is for approve: what is denied does not run.");
  try {
    return { verdict, note, by, input: JSON.parse(json) };
  } catch (error) {
    throw new UsageError(`--input must be JSON: ${error instanceof Error ? error.message : ""}`);
  }
}

/** By its id, or by a beginning that only one has. */
function findApproval(
  found: readonly KeptApproval[],
  id: string | undefined,
  { store: file }: ApprovalsOptions,
): KeptApproval {
  if (id === undefined || id === "") {
    throw new UsageError("Say which question: codecell approvals list has their ids.");
  }
  const [first, second] = found.filter(({ approvalId }) => approvalId.startsWith(id));
  if (first === undefined) {
    throw new UsageError(
      `The store ${visible(shownStore(file))} has no question ${visible(id)}; codecell approvals list has their ids.`,
    );
  }
  if (second === undefined) return first;
  throw new UsageError(
    `More than one question has an id that begins with ${visible(id)}; give more of it.`,
  );
}
